"""What a sent or lost message means for the notice it carried."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.notices.notice import Notice
from models.notices.signing import signed_for
from models.notices.visit import ask_for_visit
from models.rules import Rules

_ALIVE = (OutboxStatus.DUE, OutboxStatus.LEASED, OutboxStatus.SENT)


async def delivered(session: AsyncSession, row: OutboxMessage, now: datetime) -> None:
    """The provider has taken the message. That is not yet received, and received is not signed [domain §6]:
    the outbox row itself is all there is to keep.
    """


async def undelivered(
    session: AsyncSession, row: OutboxMessage, reason: str, now: datetime, rules: Rules
) -> None:
    """The message will not arrive by itself. Once no other way of the letter is left, a person has to bring it."""
    notice_id = _letter_of(row)
    if notice_id is None:
        return
    others = await session.scalar(
        select(func.count())
        .select_from(OutboxMessage)
        .where(OutboxMessage.subject == row.subject, OutboxMessage.purpose == Purpose.NOTICE)
        .where(OutboxMessage.status.in_(_ALIVE), OutboxMessage.id != row.id)
    )
    if others or await signed_for(session, notice_id):
        return
    notice = await session.get_one(Notice, notice_id)
    await ask_for_visit(session, notice, reason, now, rules)


async def is_signed(session: AsyncSession, row: OutboxMessage) -> bool:
    """Whether the message carried a letter that somebody has signed for: then nothing more need be said of it."""
    notice_id = _letter_of(row)
    return notice_id is not None and await signed_for(session, notice_id) is not None


def _letter_of(row: OutboxMessage) -> int | None:
    kind, _, number = row.subject.partition(":")
    return int(number) if kind == "notice" and row.purpose is Purpose.NOTICE else None
