"""The letters of the dunning ladder, one tenant at a time [manual flow chart].

A notice's month: that of the bill that decided. A bill climbs each rung once, so (tenant, month, step) stays unique;
where an opening debt and a month's bill share a month, the letter takes the month of the next bill it counts for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.calendar.working_days import Calendar
from models.clock import local_date
from models.fees.account import lock_accounts
from models.fees.bill import Bill, unpaid_bills
from models.fees.dunning import Letter as SentLetter
from models.fees.dunning import Step, Unpaid, ladder_of, next_step
from models.fees.pause import DunningStep, paused_until
from models.notices.dunning_facts import dunning_letter
from models.notices.dunning_owner import tell_owners
from models.notices.dunning_text import dunning_content, dunning_file_name
from models.notices.letter import keep_letter, next_letter_number
from models.notices.notice import Notice, NoticeKind
from models.notices.paper import ask_for_paper
from models.notices.recipients import recipients_of
from models.notices.sending import send_letter
from models.rules import Rules

KINDS = {
    "dunning_notice": NoticeKind.DUNNING,
    "legal_letter": NoticeKind.LEGAL,
    "suspension_notice": NoticeKind.SUSPENSION,
}
"""Kind of a rung → kind of letter."""


async def dun(
    session: AsyncSession, tenant_id: int, now: datetime, rules: Rules, calendar: Calendar
) -> Notice | None:
    """Sends the tenant the one letter that is due today, if any. A second call the same day does nothing.

    Raises: CalendarUnknown.
    """
    await lock_accounts(session, [tenant_id])
    today = local_date(now)
    bills = await unpaid_bills(session, tenant_id)
    step = await due_step(session, tenant_id, bills, today, rules, calendar)
    if step is None:
        return None
    overdue = [bill for bill in bills if bill.due_on < today]
    notice = await _write(session, tenant_id, step, overdue, now, rules)
    session.add_all(
        DunningStep(
            tenant_id=tenant_id, bill_id=bill_id, rung=step.rung.name, kind=step.rung.kind,
            sent_on=today, notice_id=notice.id,
        )
        for bill_id in step.bill_ids
    )  # fmt: skip
    await session.flush()
    await _send(session, notice, overdue, now, rules)
    if notice.kind is NoticeKind.SUSPENSION:
        await ask_for_paper(session, notice, now, rules)
    if step.rung.name == rules.dunning.tell_owner_at:
        await tell_owners(session, notice, overdue, now, rules)
    return notice


async def due_step(
    session: AsyncSession,
    tenant_id: int,
    bills: Sequence[Bill],
    today: date,
    rules: Rules,
    calendar: Calendar,
    *,
    paused: bool = True,
) -> Step | None:
    """What the ladder says of the tenant today. paused: promises and disputes count."""
    sent = await session.scalars(select(DunningStep).where(DunningStep.tenant_id == tenant_id))
    return next_step(
        today,
        [Unpaid(bill.id, Month.parse(bill.month, today), bill.due_on, bill.owed_fen) for bill in bills],
        [SentLetter(step.kind, step.bill_id, step.sent_on, step.rung) for step in sent],
        calendar,
        ladder=ladder_of(rules),
        paused_until=await paused_until(session, tenant_id, today) if paused else None,
    )


async def _write(
    session: AsyncSession, tenant_id: int, step: Step, overdue: Sequence[Bill], now: datetime, rules: Rules
) -> Notice:
    kind = KINDS[step.rung.kind]
    month = await _free_month(session, tenant_id, kind, step, overdue)
    number = await next_letter_number(session, kind, month)
    letter = await dunning_letter(session, tenant_id, step, number, overdue, local_date(now), rules)
    return await keep_letter(
        session, kind, letter, tenant_id=tenant_id, month=month, step=step.rung.name, now=now, rules=rules
    )


async def _free_month(
    session: AsyncSession, tenant_id: int, kind: NoticeKind, step: Step, overdue: Sequence[Bill]
) -> str:
    months = {bill.id: bill.month for bill in overdue}
    used = set(
        await session.scalars(
            select(Notice.month).where(
                Notice.tenant_id == tenant_id, Notice.kind == kind, Notice.step == step.rung.name
            )
        )
    )
    free = [months[bill_id] for bill_id in step.bill_ids if months[bill_id] not in used]
    if free:
        return free[0]
    last = Month.parse(max(used), max(bill.due_on for bill in overdue))
    return str(last.next())


async def _send(
    session: AsyncSession, notice: Notice, overdue: Sequence[Bill], now: datetime, rules: Rules
) -> None:
    await send_letter(
        session,
        notice,
        await recipients_of(session, notice.tenant_id),
        dunning_content(notice, overdue[0].due_on, rules),
        file_name=dunning_file_name(notice),
        guard=f"owed:{notice.id}",
        now=now,
        rules=rules,
    )
