"""Messages out: claim, choose a channel, send, settle. The error border for sending.

No transaction is open while the network is awaited. The request is stored before the first try and the same bytes go
out again after a crash, so that the provider can tell a repetition; where it can not (SMS) it is asked first.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.base import Again, Channel, Outcome, Request, media_kind
from bot.core import Core
from bot.metrics import SENT
from bot.settling import Settler
from models.errors import Refused, Unreachable
from models.messages.content import Content
from models.messages.delivery import Choice, Nobody, Wait, choose
from models.messages.guards import reason_to_withhold
from models.messages.outbox import OutboxMessage, OutboxStatus, claim, settle, too_fast
from models.messages.reach import reach_of
from models.notices.aftermath import undelivered

log = structlog.get_logger(__name__)

PARALLEL = 32


class Files(Protocol):
    """Finds the bytes of a file by its reference; bot.attachments.Attachments does."""

    async def load(self, reference: str) -> bytes:
        """The bytes. Raises ServiceError for what is not there."""


class Outbox:
    """Sends what is due. `wake` is set whenever there may be work."""

    def __init__(self, core: Core, channels: Mapping[str, Channel], attachments: Files) -> None:
        self._core = core
        self._channels = channels
        self._attachments = attachments
        self._owner = secrets.token_hex(8)
        self._settler = Settler(core)
        self.wake = asyncio.Event()

    async def drain(self, rounds: int = sys.maxsize) -> int:
        """Sends what is due now, one message to each person in a round; how many rows were taken up."""
        total = 0
        for _ in range(rounds):
            rows = await self._claim()
            if not rows:
                break
            await asyncio.gather(*(self._deliver(row) for row in rows))
            total += len(rows)
        return total

    async def _claim(self) -> list[OutboxMessage]:
        """Takes rows and decides where each goes; those that go nowhere are settled at once."""
        now = self._core.clock.now()
        async with self._core.db.begin() as session:
            rows = await claim(session, self._owner, now, PARALLEL)
            if not rows:
                await session.rollback()
                return []
            ready = [row for row in rows if await self._plan(session, row)]
            for row in ready:
                session.expunge(row)
        # Settled rows count as progress: the next claim may find what stood behind them.
        return ready or await self._claim()

    async def _plan(self, session: AsyncSession, row: OutboxMessage) -> bool:
        """Whether the row is to be sent; writes channel, address and, where no file is needed, the request."""
        now = self._core.clock.now()
        if reason := await reason_to_withhold(session, row.guard):
            await settle(session, row, now, status=OutboxStatus.WITHHELD, reason=reason)
            return False
        if row.recipient.startswith("staff:") and await too_fast(session, row.recipient[6:], now):
            soon = now + timedelta(seconds=20)
            await settle(session, row, now, status=OutboxStatus.DUE, due_at=soon, attempts=row.attempts - 1)
            return False
        if row.request is not None:
            return await self._settler.may_repeat(session, row)
        content = Content.from_json(row.content)
        choice = choose(row.purpose, content, await reach_of(session, row, now), tuple(row.tried))
        match choice:
            case Wait(why=why):
                await settle(session, row, now, status=OutboxStatus.WAITING, reason=why)
                return False
            case Nobody(why=why):
                # A document goes along with its message where chats carry files; an SMS leads to it by itself.
                status = OutboxStatus.WITHHELD if content.file else OutboxStatus.DEAD
                await settle(session, row, now, status=status, reason=why)
                await undelivered(session, row, why, now, self._core.rules)
                return False
            case Choice(channel=channel, address=address, why=why):
                row.channel, row.address, row.reason = channel, address, why
        if not content.file:
            return await self._prepare(session, row, content)
        await session.flush()
        return True

    async def _prepare(
        self, session: AsyncSession, row: OutboxMessage, content: Content, media_id: str = ""
    ) -> bool:
        """Renders and keeps the request. Content that a channel can not carry is a fault of ours: dead, with an alarm."""
        try:
            request = await self._settler.render(session, self._channels[row.channel], row, content, media_id)
        except ValueError as exc:
            await self._settler.dead(session, row, f"无法生成消息：{exc}", alarmed=True)
            return False
        if request is None:
            return False
        row.request, row.in_doubt_since = asdict(request), self._core.clock.now()
        await session.flush()
        return True

    async def _deliver(self, row: OutboxMessage) -> None:
        try:
            if row.request is None and not await self._attach(row):
                return
            outcome = await self._send(row)
        except Exception:
            log.exception("sending failed", outbox_id=row.id, channel=row.channel)
            outcome = Again(60.0, "内部错误，稍后重试", alarm=True)
        SENT.labels(row.channel, type(outcome).__name__.lower()).inc()
        await self._settler.settle(row, outcome)

    async def _attach(self, row: OutboxMessage) -> bool:
        """Uploads the file of the row, then keeps the request that names it."""
        content = Content.from_json(row.content)
        try:
            media_id = await self._upload(row, content)
        except (Refused, Unreachable) as exc:
            await self._settler.settle(row, Again(30.0, str(exc)))
            return False
        async with self._core.db.begin() as session:
            mine = await session.merge(row)
            ready = await self._prepare(session, mine, content, media_id)
            if ready:
                session.expunge(mine)
        row.request = mine.request
        return ready

    async def _upload(self, row: OutboxMessage, content: Content) -> str:
        data = await self._attachments.load(content.file)
        return await self._channels[row.channel].upload(
            media_kind(content.file_name), content.file_name, data
        )

    async def _send(self, row: OutboxMessage) -> Outcome:
        channel, request = self._channels[row.channel], _request(row.request)
        if row.attempts > 1 and (known := await channel.ask(request)) is not None:
            return known
        return await channel.send(request)


def _request(stored: dict[str, Any] | None) -> Request:
    if stored is None:
        raise ValueError("nothing to send")
    return Request(stored["api"], stored["body"])
