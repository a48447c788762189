"""A letter whose bill was reversed: it is void, asks for nothing, and what has not left yet stays here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.bill import Bill
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.messages.tell import close_cards
from models.notices.notice import Notice

VOID = "账单已冲销，通知单作废"


async def withdraw(session: AsyncSession, bill: Bill, now: datetime) -> list[Notice]:
    """Makes the bill's payment notices void; messages that wait or are on their way out are withheld."""
    notices = list(
        await session.scalars(
            select(Notice).where(Notice.bill_id == bill.id, Notice.void_at.is_(None)).with_for_update()
        )
    )
    for notice in notices:
        notice.void_at = now
        await session.execute(
            update(OutboxMessage)
            .where(
                OutboxMessage.subject == notice.subject,
                OutboxMessage.status.in_([OutboxStatus.DUE, OutboxStatus.WAITING]),
            )
            .values(status=OutboxStatus.WITHHELD, reason=VOID, settled_at=now)
            .execution_options(synchronize_session=False)
        )
        await close_cards(session, notice.subject, "已作废", now)
    await session.flush()
    return notices


async def void_letter_of(session: AsyncSession, bill_id: int) -> Notice | None:
    """The withdrawn payment notice of a reversed bill, to be named in the one that takes its place."""
    found: Notice | None = await session.scalar(
        select(Notice)
        .where(Notice.bill_id == bill_id, Notice.void_at.is_not(None))
        .order_by(Notice.id.desc())
        .limit(1)
    )
    return found
