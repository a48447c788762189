"""Photos of any kind become small upright pictures without what the phone wrote into them."""

from __future__ import annotations

import base64
import io
import re

import samples
from PIL import Image

from bot.documents.photos import as_svg


def inside(svg: str) -> Image.Image:
    """The picture in the SVG."""
    found = re.search(r"base64,([^\"]+)", svg)
    assert found
    return Image.open(io.BytesIO(base64.b64decode(found[1])))


def encoded(image: Image.Image, form: str, **how: object) -> bytes:
    data = io.BytesIO()
    image.save(data, form, **how)
    return data.getvalue()


def test_a_large_photo_becomes_small() -> None:
    assert max(inside(as_svg(samples.photo(4000, 3000))).size) == 1000


def test_a_photo_taken_sideways_stands_upright_and_says_nothing_about_the_phone() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "a phone"
    picture = inside(as_svg(encoded(Image.new("RGB", (400, 200)), "JPEG", exif=exif)))
    assert picture.size == (200, 400)
    assert not dict(picture.getexif())


def test_what_is_transparent_becomes_white() -> None:
    picture = inside(as_svg(encoded(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG")))
    assert picture.convert("RGB").getpixel((10, 10)) == (255, 255, 255)


def test_grey_palette_and_webp_pictures_are_taken() -> None:
    pictures = [
        encoded(Image.new(mode, (20, 20)), form)
        for mode, form in (("L", "PNG"), ("P", "GIF"), ("RGB", "WEBP"))
    ]
    assert all(inside(as_svg(picture)).size == (20, 20) for picture in pictures)


def test_what_is_no_picture_or_too_large_is_left_out() -> None:
    bomb = encoded(Image.new("1", (12_000, 9_000)), "PNG")
    cut = samples.photo()[:2000]
    assert [as_svg(picture) for picture in (b"", b"<svg/>", cut, bomb)] == [""] * 4
