"""Photos as people send them, made fit for a sheet of paper."""

from __future__ import annotations

import base64
import io

from PIL import Image, ImageOps

_LONGEST_PX = 1000
"""Enough for half the width of A4 at 300 dpi."""
_MOST_PIXELS = 50_000_000
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def as_svg(picture: bytes) -> str:
    """The photo, upright, small and without its EXIF (place, phone), wrapped in SVG; "" when it can not be read.

    SVG because a template is handed text, not bytes.
    """
    try:
        with Image.open(io.BytesIO(picture)) as image:
            return _wrapped(_small(image))
    except _BROKEN:
        return ""


def _small(image: Image.Image) -> Image.Image:
    if image.width * image.height > _MOST_PIXELS:
        raise ValueError("too many pixels")
    image.draft("RGB", (_LONGEST_PX, _LONGEST_PX))
    image.thumbnail((_LONGEST_PX, _LONGEST_PX))
    return ImageOps.exif_transpose(_on_white(image))


def _on_white(image: Image.Image) -> Image.Image:
    """Without transparency, which JPEG does not know."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    white = Image.new("RGBA", clear.size, "white")
    return Image.alpha_composite(white, clear).convert("RGB")


def _wrapped(image: Image.Image) -> str:
    jpeg = io.BytesIO()
    image.save(jpeg, "JPEG", quality=82)
    data = base64.b64encode(jpeg.getvalue()).decode()
    size = f'width="{image.width}" height="{image.height}"'
    link = f'<image {size} href="data:image/jpeg;base64,{data}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{link}</svg>'
