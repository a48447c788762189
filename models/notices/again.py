"""The second attempt: a letter nobody has signed for goes out once more the day after [domain §6, practice]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import at_local, local_date
from models.fees.bill import Bill
from models.fees.pause import DunningStep
from models.messages.content import Content
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.notices.delivery_step import Rung, note_step, steps_of
from models.notices.documents import PaymentNotice
from models.notices.dunning_text import dunning_content
from models.notices.issue import payment_content
from models.notices.letter import document_of
from models.notices.notice import Notice, NoticeKind, Receipt
from models.notices.paid import paid_notices
from models.notices.recipients import recipients_of
from models.notices.sending import send_letter
from models.rules import Rules

_LEAVING = (OutboxStatus.DUE, OutboxStatus.LEASED, OutboxStatus.SENT)


async def unsigned_of(session: AsyncSession, made_on: date) -> list[int]:
    """Letters made that day which nobody has signed for, by id."""
    signed = exists().where(Receipt.notice_id == Notice.id, Receipt.sufficient)
    rows = await session.scalars(
        select(Notice.id)
        .where(Notice.kind != NoticeKind.OWNER, Notice.made_at >= at_local(made_on, 0), ~signed)
        .where(Notice.made_at < at_local(made_on + timedelta(days=1), 0))
        .order_by(Notice.id)
    )
    return list(rows)


async def send_again(session: AsyncSession, ids: Sequence[int], now: datetime, rules: Rules) -> int:
    """Queues the message of each letter once more, without the file; how many letters that were."""
    notices = list(await session.scalars(select(Notice).where(Notice.id.in_(ids)).order_by(Notice.id)))
    paid, sent = await paid_notices(session, notices), 0
    mornings = await _mornings_after(session, notices, now)
    steps = await steps_of(session, ids)
    said_again = {step.notice_id for each in steps.values() for step in each if step.rung is Rung.AGAIN}
    for notice in notices:
        people = await recipients_of(session, notice.tenant_id)
        if notice.id in paid or not people:
            continue
        content = await _content(session, notice, rules)
        await send_letter(
            session, notice, people, replace(content, text=f"（再次通知）{content.text}"),
            guard=f"unsigned:{notice.id}", now=now, rules=rules, step="again",
            not_before=mornings.get(notice.subject),
        )  # fmt: skip
        if notice.id not in said_again:
            on = local_date(mornings.get(notice.subject, now))
            await note_step(session, [notice.id], Rung.AGAIN, on, now)
        sent += 1
    return sent


async def _mornings_after(
    session: AsyncSession, notices: Sequence[Notice], now: datetime
) -> dict[str, datetime]:
    """Ten o'clock of the day after each letter left, by subject: what waited for the morning, or for the end of a
    downtime, is not said twice in one day. One still on its way leaves now at the earliest.
    """
    rows = await session.execute(
        select(OutboxMessage.subject, OutboxMessage.status, OutboxMessage.due_at, OutboxMessage.settled_at)
        .where(OutboxMessage.subject.in_([notice.subject for notice in notices]))
        .where(OutboxMessage.purpose == Purpose.NOTICE, OutboxMessage.status.in_(_LEAVING))
    )
    mornings: dict[str, datetime] = {}
    for subject, status, due_at, settled_at in rows:
        left_at = settled_at if settled_at and status is OutboxStatus.SENT else max(now, due_at)
        morning = at_local(local_date(left_at) + timedelta(days=1), 10)
        mornings[subject] = max(morning, mornings.get(subject, morning))
    return mornings


async def _content(session: AsyncSession, notice: Notice, rules: Rules) -> Content:
    letter = document_of(notice)
    if isinstance(letter, PaymentNotice):
        return payment_content(notice, letter, rules)
    oldest = await session.scalar(
        select(Bill.due_on)
        .join(DunningStep, DunningStep.bill_id == Bill.id)
        .where(DunningStep.notice_id == notice.id)
        .order_by(Bill.due_on)
        .limit(1)
    )
    return dunning_content(notice, oldest or notice.due_on, rules)
