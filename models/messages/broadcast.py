"""Large lots of letters leave outside of the full and the half hour, when everybody sends (advice of WeCom 90236)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.rules.sending import SendingRules

AROUND = 2
"""Minutes before and after that are kept free [practice]."""


def is_crowded(now: datetime) -> bool:
    """Whether everybody sends now."""
    return (now.minute + AROUND) % 30 < 2 * AROUND


async def quiet_minute_after(session: AsyncSession, now: datetime, rules: SendingRules) -> datetime | None:
    """When letters may go; None when they may now, because there are few or because nobody else sends."""
    if not is_crowded(now):
        return None
    # No more are counted than it takes: a long queue is asked about at every lot.
    some = (
        select(OutboxMessage.id)
        .where(OutboxMessage.status.in_([OutboxStatus.DUE, OutboxStatus.LEASED]), OutboxMessage.due_at <= now)
        .where(OutboxMessage.purpose == Purpose.NOTICE)
        .limit(rules.broadcast_from)
    )
    due = await session.scalar(select(func.count()).select_from(some.subquery()))
    if (due or 0) < rules.broadcast_from:
        return None
    begins = now.replace(second=0, microsecond=0)
    return begins + timedelta(minutes=2 * AROUND - (now.minute + AROUND) % 30)
