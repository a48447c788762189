"""Messages that may not go now: one that was taken up, or all that wait for a channel which takes no more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose, settle


async def wait_for(
    session: AsyncSession, row: OutboxMessage, until: datetime, why: str, now: datetime
) -> None:
    """The row is due at `until`; that it was looked at now is no attempt."""
    await settle(
        session, row, now, status=OutboxStatus.DUE, due_at=until, attempts=row.attempts - 1, reason=why[:500]
    )


async def put_off_all(session: AsyncSession, channel: str, until: datetime, now: datetime) -> None:
    """Letters and news that are due and would go this way wait too: else each were taken up only to be put off.

    Members are reached by the application alone; tenants who would get an SMS wait a few seconds as well.
    """
    to_members = OutboxMessage.recipient.startswith("staff:")
    waiting = (
        select(OutboxMessage.id)
        .where(OutboxMessage.status == OutboxStatus.DUE, OutboxMessage.due_at <= now)
        .where(OutboxMessage.purpose.in_([Purpose.NOTICE, Purpose.UPDATE, Purpose.WORK]))
        .where(to_members if channel == "wecom" else ~to_members)
        .with_for_update(skip_locked=True)  # another process has taken some up, and waits for our count
    )
    await session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(waiting.scalar_subquery()))
        .values(due_at=until)
        .execution_options(synchronize_session=False)
    )
