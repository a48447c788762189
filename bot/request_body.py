"""Reads what strangers send, of which never more than a limit is held."""

from __future__ import annotations

from aiohttp import web

from bot.wecom.envelope import MAX_BODY
from models.errors import BadCallback


async def bounded(request: web.Request) -> bytes:
    """The body. Raises BadCallback 413 beyond the limit, 400 when it is cut off."""
    body = bytearray()
    try:
        async for chunk in request.content.iter_chunked(16_384):
            body += chunk
            if len(body) > MAX_BODY:
                raise BadCallback("too large", 413)
    except (ConnectionError, web.RequestPayloadError) as exc:
        raise BadCallback("cut off", 400) from exc
    return bytes(body)
