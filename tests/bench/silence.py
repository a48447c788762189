"""Channels that lead nowhere, for measuring what happens before anything is sent."""

from __future__ import annotations

from bot.channels.base import MINE, Channel, Outcome, Request, Sent
from bot.media_copy import Fetched
from models.messages.content import Content
from models.messages.inbound import Inbound


class Silent:
    """Takes everything and sends nothing."""

    def __init__(self, name: str) -> None:
        self.name = name

    def render(self, content: Content, address: str, key: str, media_id: str = "") -> Request:
        """A request that says little."""
        return Request("silent", {"to": address, "text": content.text, "key": key, "media_id": media_id})

    async def upload(self, kind: str, name: str, data: bytes) -> str:
        """A media id for anything."""
        return f"{kind}:{name}:{len(data)}"

    async def hold(self, _address: str) -> Outcome | int:
        """Always ours."""
        return MINE

    async def send(self, request: Request) -> Outcome:
        """Taken."""
        return Sent(str(request.body["key"]))

    async def ask(self, _request: Request) -> Outcome | None:
        """Whatever was tried before, send it."""


CHANNELS: dict[str, Channel] = {name: Silent(name) for name in ("wecom", "kf", "sms")}


async def no_media(message: Inbound) -> Fetched:
    """Nothing was sent along."""
    return Fetched(message.media_id, "application/octet-stream", b"")
