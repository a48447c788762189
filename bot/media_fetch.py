"""Copies what people sent from the platform to us, and makes sure that a picture is one."""

from __future__ import annotations

import asyncio
import io
import warnings

from PIL import Image, UnidentifiedImageError

from bot.media_copy import Fetched, FetchMedia
from bot.wecom.client import WecomClient
from models.errors import UserError
from models.messages.inbound import Inbound, Kind
from models.rules import ImageRules

_EXTENSIONS = {"image/jpeg": ".jpg", "image/png": ".png", "audio/amr": ".amr", "video/mp4": ".mp4"}


def media_fetcher(client: WecomClient, rules: ImageRules) -> FetchMedia:
    """A function that fetches the media of a message."""

    async def fetch(message: Inbound) -> Fetched:
        data, content_type = await client.download(message.media_id)
        if message.kind is Kind.IMAGE:
            content_type = await asyncio.to_thread(picture_type, data, rules)
        return Fetched(f"{message.kind}{_EXTENSIONS.get(content_type, '')}", content_type, data)

    return fetch


def picture_type(data: bytes, rules: ImageRules) -> str:
    """ "image/jpeg" or "image/png". Raises UserError for what is no such picture, or too large to be opened safely."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
                width, height = picture.size
                kind = picture.format
                picture.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombWarning) as exc:
        raise UserError("这张图片无法识别，请重新拍照发送。") from exc
    if width * height > rules.max_pixels or len(data) > rules.max_bytes:
        raise UserError("图片过大，请缩小后再发。")
    return "image/jpeg" if kind == "JPEG" else "image/png"
