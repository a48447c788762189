"""media/upload and media/get. [wecom.md 3.5]"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from bot.simulator import limits
from bot.simulator.answers import ApiError, Json, ok
from bot.simulator.gate import Call, Gate
from bot.simulator.media import check_upload
from bot.simulator.world import World

_LARGEST = max(limits.MEDIA_BYTES.values())


class MediaApi:
    """Files to and from the application."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self, gate: Gate) -> list[web.RouteDef]:
        """Everything this file answers."""
        return [
            gate.post("media/upload", self._upload, reads_json=False),
            gate.get("media/get", self._get),
        ]

    async def _upload(self, call: Call) -> Json:
        kind = call.argument("type")
        if kind not in limits.MEDIA_BYTES:
            raise ApiError(40005)
        name, body = await _read_part(call.request)
        check_upload(kind, body)
        media = self._world.media.keep(kind, name, body)
        return ok(type=kind, media_id=media.id, created_at=str(int(media.at)))

    async def _get(self, call: Call) -> web.StreamResponse:
        media_id = call.argument("media_id")
        if not media_id:
            raise ApiError(41006)
        media = self._world.media.valid(media_id)
        key, now = f"media {media_id}", self._world.now()
        if self._world.rates.count(key, now, timedelta(minutes=1)) >= limits.MEDIA_GETS_PER_MINUTE:
            raise ApiError(45033)
        self._world.rates.hit(key, now)
        return web.Response(
            body=self._world.media.body(media_id),
            content_type=media.content_type,
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(media.name)}"},
        )


async def _read_part(request: web.Request) -> tuple[str, bytes]:
    """File name and bytes of the part named `media`. Raises 44001, 45001."""
    if not request.content_type.startswith("multipart/"):
        raise ApiError(44001)
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name == "media" and part.filename:
                return part.filename, await _read_limited(part)
    except (ValueError, AssertionError) as error:
        raise ApiError(44001) from error
    raise ApiError(44001)


async def _read_limited(part: BodyPartReader) -> bytes:
    body = bytearray()
    while chunk := await part.read_chunk(65_536):
        body += chunk
        if len(body) > _LARGEST:
            raise ApiError(45001)
    return bytes(body)
