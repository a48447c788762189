"""Messages out: claim, choose a channel, send, settle. The error border for sending.

No transaction is open while the network is awaited. The request is stored before the first try and the same bytes go
out again after a crash, so that the provider can tell a repetition; where it can not (SMS) it is asked first.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Protocol

import structlog

from bot.channels.base import MINE, Again, Channel, NextChannel, Outcome, Request, media_kind
from bot.channels.outcomes import of_refusal
from bot.channels.wecom_kf import WHY_NOT
from bot.core import Core
from bot.flight import Flight
from bot.metrics import SENT
from bot.planning import Planner, Ready
from bot.settling import Settler
from models.errors import Refused, Unreachable
from models.lease import is_held
from models.messages.claiming import claim
from models.messages.content import Content
from models.messages.outbox import LEASE, OutboxMessage, held
from models.messages.window import note_holder

log = structlog.get_logger(__name__)

PARALLEL = 32
"""On their way at the same time. At 30 ms a call that is six times what WeCom allows in a minute."""
LOT = 64
"""Taken up together, in one transaction."""
_MOST = PARALLEL + 2 * LOT
"""Taken up and not yet settled: those on their way, those whose outcome is being written, and those that come next."""
_LOOK_AGAIN_S = 1.0
"""So often it is looked for what is due while all that is under way hangs."""
_LEAVES_WITHIN = timedelta(seconds=20)
"""What has waited longer for its turn is put back, for a try may take what remains of the lease."""


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
        self._planner = Planner(core, channels, self._settler)
        self._places = asyncio.Semaphore(PARALLEL)
        self.wake = asyncio.Event()

    async def drain(self, rounds: int = sys.maxsize) -> int:
        """Takes up what is due now, so many times at most, and sends it, to each person one after the other.

        How many rows were taken up.
        """
        total = 0
        async with Flight() as flight:
            for _ in range(rounds):
                landed = flight.landed
                taken, lot = await self._claim()
                for each in lot:
                    flight.start(self._deliver(each))
                total += taken
                if taken:
                    await flight.until(_MOST - LOT)
                elif flight.landed != landed:
                    continue  # it came back while we looked, and was still in the way
                elif flight:
                    # What comes next to the same person may follow; what is said meanwhile goes out.
                    await flight.change(self.wake, _LOOK_AGAIN_S)
                else:
                    break
        return total

    async def _claim(self) -> tuple[int, list[Ready]]:
        """Takes rows and decides where each goes; how many, and those to be sent. The others are settled at once."""
        now = self._core.clock.now()
        async with self._core.db.begin() as session:
            rows = await claim(session, self._owner, now, LOT)
            if not rows:
                await session.rollback()
                return 0, []
            ready = await self._planner.plan(session, rows, full=len(rows) == LOT)
            session.expunge_all()  # all has been written down; they go on by themselves
        return len(rows), ready

    async def _deliver(self, ready: Ready) -> None:
        row = ready.row
        try:
            async with self._places:
                if row.lease_until and row.lease_until - self._core.clock.now() < LEASE - _LEAVES_WITHIN:
                    outcome = None
                    await self._settler.put_back(row)
                else:
                    outcome = await self._try(ready)
        except Exception:
            log.exception("sending failed", outbox_id=row.id, channel=row.channel)
            outcome = Again(60.0, "内部错误，稍后重试", alarm=True)
        if outcome:
            await self._settler.settle(row, outcome)

    async def _try(self, ready: Ready) -> Outcome | None:
        """The outcome; None where it has been settled on the way."""
        row = ready.row
        if ready.untaken and (refused := await self._take(row)) is not None:
            return refused
        if row.request is None and not await self._attach(row):
            return None
        if self._is_late(row):
            log.warning("lease ran out before sending", outbox_id=row.id, channel=row.channel)
            return None
        outcome = await self._send(row)
        name = type(outcome).__name__.lower()
        SENT.labels(row.channel, name).inc()
        if name != "sent":
            log.warning(
                "not sent yet", outbox_id=row.id, channel=row.channel, outcome=name, tries=row.attempts
            )
        return outcome

    def _is_late(self, row: OutboxMessage) -> bool:
        """Whether another process may have it by now: this one stood still, or the network took its time.

        An SMS can be told from its repetition by nobody, so that it must not go out from two processes.
        """
        return not is_held(row.lease_until, self._core.clock.now(), LEASE)

    async def _take(self, row: OutboxMessage) -> Outcome | None:
        """Takes the KF conversation for the bot before the first message; what stands against it, None for nothing."""
        asked_at = self._core.clock.now()
        held = await self._channels[row.channel].hold(row.address)
        if not isinstance(held, int):
            return held
        async with self._core.db.begin() as session:
            await note_holder(session, row.address, held, asked_at)
        return None if held == MINE else NextChannel(WHY_NOT.get(held, f"state {held}"), holder=held)

    async def _attach(self, row: OutboxMessage) -> bool:
        """Uploads the file of the row, then keeps the request that names it."""
        content = Content.from_json(row.content)
        try:
            media_id = await self._upload(row, content)
        except Refused as refusal:
            await self._settler.settle(row, of_refusal(refusal))
            return False
        except Unreachable as silence:
            await self._settler.settle(row, Again(30.0, str(silence)))
            return False
        async with self._core.db.begin() as session:
            mine = await held(session, row)
            if mine is None:  # uploading took so long that another process has it
                return False
            ready = await self._planner.prepare(session, mine, content, media_id)
            if ready:
                await session.flush()
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
