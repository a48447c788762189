"""A channel that goes nowhere: it takes every message as sent, and knows no address beyond this process."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.base import MINE, Outcome, Request, Sent
from bot.media_copy import Fetched
from models.errors import Unreachable
from models.messages.content import Content
from models.messages.inbound import Inbound


@dataclass(frozen=True, slots=True)
class Recorder:
    """Stands in for a channel. What went where is read from the outbox of the copy afterwards."""

    name: str

    def render(self, content: Content, address: str, key: str, media_id: str = "") -> Request:
        """A request that says nothing."""
        return Request("rehearsal", {"key": key})

    async def upload(self, kind: str, name: str, data: bytes) -> str:
        """As if it were there."""
        return "rehearsal"

    async def hold(self, address: str) -> Outcome | int:
        """Always ours."""
        return MINE

    async def send(self, request: Request) -> Outcome:
        """As if it had been taken."""
        return Sent(provider_id="")

    async def ask(self, request: Request) -> Outcome | None:
        """Nothing was ever tried."""
        return None


class NoFiles:
    """Documents are not made in a rehearsal."""

    async def load(self, reference: str) -> bytes:
        """Nothing."""
        return b""


async def fetch_nothing(message: Inbound) -> Fetched:
    """Received pictures are not fetched in a rehearsal."""
    raise Unreachable("rehearsal", api="media/get", maybe_done=False)
