"""The clock was put back by more than clocks differ: what was to happen by the old one must not wait for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.closing import sealing
from models.closing.close import CloseStatus, MonthClose
from models.lease import SKEW, latest_end
from models.messages import outbox
from models.messages.inbox import WAITS, InboxMessage
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.messages.send_pause import SendPause
from models.messages.window import KfWindow

_SHORTLY = timedelta(hours=1)
"""What waits for longer waits for a time of day, and that it keeps."""


_LEASES = (
    (OutboxMessage, OutboxMessage.status == OutboxStatus.LEASED, outbox.LEASE, outbox.LEASE),
    (MonthClose, MonthClose.status == CloseStatus.APPROVED, sealing.RETRY, sealing.LEASE),
)
"""What is taken up by looking for it in SQL: which rows, how far away an end is set at most, and how far by a lease."""
_INSTANTS = (
    (InboxMessage.retry_at, WAITS, timedelta(minutes=10)),
    (SendPause.until, true(), timedelta(hours=1)),
    (KfWindow.last_inbound_at, true(), timedelta()),
)
"""Until when something waits, or since when something holds: of which rows, and how far away it is set at most."""


async def catch_up(session: AsyncSession, now: datetime) -> bool:
    """Whether anything had to be brought forward.

    Leases end when one given now would: a minute is left to whoever lives and is about to write down what became of a
    message, for what was taken up is taken up again.
    """
    found = False
    for table, taken, longest, lease in _LEASES:
        far = update(table).where(taken, table.lease_until > latest_end(now, longest))
        cut = await session.scalars(far.values(lease_until=now + lease).returning(table.id))
        found |= bool(cut.all())
    for instant, which, longest in _INSTANTS:
        far = update(instant.class_).where(which, instant > latest_end(now, longest)).values({instant: now})
        found |= bool((await session.scalars(far.returning(instant))).all())
    return await _bring_forward(session, now) or found


async def _bring_forward(session: AsyncSession, now: datetime) -> bool:
    """Messages that were put there, or put off for a little while, at a time that is still to come."""
    touched = func.coalesce(OutboxMessage.settled_at, OutboxMessage.created_at)
    rows = await session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.status == OutboxStatus.DUE, OutboxMessage.due_at > now + SKEW)
        .where(touched > now + SKEW)
        .with_for_update(skip_locked=True)
    )
    late = [(row, row.due_at - (row.settled_at or row.created_at)) for row in rows]
    early = [(row, wait) for row, wait in late if wait <= _SHORTLY]
    for row, wait in early:
        row.due_at = now + wait
    return bool(early)
