"""催款通知单 and 欠费法律告知函: the letters of the dunning ladder, one tenant at a time [manual flow chart].

A notice's month: that of the bill that decided. A bill climbs each rung once, so (tenant, kind, month) stays unique;
where an opening debt and a month's bill share a month, the letter takes the month of the next bill it counts for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.calendar.working_days import Calendar
from models.clock import local_date
from models.fees.account import lock_accounts
from models.fees.bill import Bill, unpaid_bills
from models.fees.dunning import Ladder, Step, Unpaid, make_ladder, next_step
from models.fees.dunning import Letter as SentLetter
from models.fees.money import in_words
from models.fees.pause import DunningStep, paused_until
from models.notices.documents import DunningNotice, EarlierDemand, Issuer, LegalNotice, OpenBill
from models.notices.dunning_text import dunning_content, dunning_file_name
from models.notices.letter import keep_letter, next_letter_number
from models.notices.notice import Notice, NoticeKind
from models.notices.reached import how_reached
from models.notices.recipients import recipients_of, unit_codes
from models.notices.sending import send_letter
from models.people.tenant import Tenant
from models.rules import Rules

KINDS = {"dunning_notice": NoticeKind.DUNNING, "legal_letter": NoticeKind.LEGAL}
"""Rung of the ladder → kind of letter. The manual's 暂停服务通知书 is not among them: it is never sent by itself
[law: 民法典 §944]."""


def ladder_of(rules: Rules) -> Ladder:
    """The lawful ladder with the centre's days."""
    dunning = rules.dunning
    return make_ladder(
        first_working_day=dunning.first_working_day, last_day=dunning.last_day, gap_days=dunning.gap_days
    )


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
            tenant_id=tenant_id, bill_id=bill_id, rung=step.rung.kind, sent_on=today, notice_id=notice.id
        )
        for bill_id in step.bill_ids
    )
    await session.flush()
    await _send(session, notice, overdue, now, rules)
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
        [SentLetter(step.rung, step.bill_id, step.sent_on) for step in sent],
        calendar,
        ladder=ladder_of(rules),
        paused_until=await paused_until(session, tenant_id, today) if paused else None,
    )


async def _write(
    session: AsyncSession, tenant_id: int, step: Step, overdue: Sequence[Bill], now: datetime, rules: Rules
) -> Notice:
    kind = KINDS[step.rung.kind]
    month = await _free_month(session, tenant_id, kind, step, overdue)
    letter = await _letter(session, tenant_id, kind, month, overdue, now, rules)
    return await keep_letter(session, kind, letter, tenant_id=tenant_id, month=month, now=now, rules=rules)


async def _free_month(
    session: AsyncSession, tenant_id: int, kind: NoticeKind, step: Step, overdue: Sequence[Bill]
) -> str:
    months = {bill.id: bill.month for bill in overdue}
    used = set(
        await session.scalars(select(Notice.month).where(Notice.tenant_id == tenant_id, Notice.kind == kind))
    )
    free = [months[bill_id] for bill_id in step.bill_ids if months[bill_id] not in used]
    if free:
        return free[0]
    last = Month.parse(max(used), max(bill.due_on for bill in overdue))
    return str(last.next())


async def _letter(
    session: AsyncSession,
    tenant_id: int,
    kind: NoticeKind,
    month: str,
    overdue: Sequence[Bill],
    now: datetime,
    rules: Rules,
) -> DunningNotice | LegalNotice:
    today = local_date(now)
    tenant = await session.get_one(Tenant, tenant_id)
    total_fen = sum(bill.owed_fen for bill in overdue)
    facts: dict[str, Any] = {
        "issuer": Issuer.of(rules.park),
        "number": await next_letter_number(session, kind, month),
        "tenant": tenant.name,
        "units": await unit_codes(session, tenant_id, today),
        "issued_on": today,
        "as_of_on": today,
        "bills": tuple(_open(bill) for bill in overdue),
        "total_fen": total_fen,
        "total_words": in_words(total_fen),
        "pay_by_on": today + timedelta(days=rules.dunning.pay_within_days),
    }
    if kind is NoticeKind.LEGAL:
        return LegalNotice(**facts, demands=await _demands(session, tenant_id, overdue))
    return DunningNotice(**facts)


def _open(bill: Bill) -> OpenBill:
    return OpenBill(bill.number or "", bill.month, bill.due_on, bill.total_fen, bill.paid_fen)


async def _demands(
    session: AsyncSession, tenant_id: int, overdue: Sequence[Bill]
) -> tuple[EarlierDemand, ...]:
    """The letters that asked for these bills before: each restarts the limitation [law: 民法典 §195]."""
    months = {bill.month for bill in overdue}
    earlier = list(
        await session.scalars(
            select(Notice).where(Notice.tenant_id == tenant_id, Notice.month.in_(months)).order_by(Notice.id)
        )
    )
    reached = await how_reached(session, earlier)
    return tuple(
        EarlierDemand(notice.number, local_date(notice.made_at), reached[notice.id].words)
        for notice in earlier
    )


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
