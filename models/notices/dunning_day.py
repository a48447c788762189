"""A day of dunning as a whole: who may have a letter due, and what is told to staff afterwards."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.working_days import CalendarUnknown
from models.clock import at_local
from models.fees.bill import Bill, BillStatus
from models.fees.money import yuan
from models.fees.pause import DunningPause
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.notices.letter import document_of
from models.notices.notice import Notice, NoticeKind
from models.notices.objections import SEE
from models.people.staff import staff_who_may
from models.people.tenant import Tenant
from models.rules import Rules

_KINDS = (NoticeKind.DUNNING, NoticeKind.LEGAL, NoticeKind.SUSPENSION, NoticeKind.OWNER)
MOST_LINES = 40


async def overdue_tenants(session: AsyncSession, today: date) -> list[int]:
    """Tenants with an issued bill whose last day has passed, by id."""
    rows = await session.scalars(
        select(Bill.tenant_id)
        .where(Bill.status == BillStatus.ISSUED, Bill.paid_fen < Bill.total_fen, Bill.due_on < today)
        .distinct()
        .order_by(Bill.tenant_id)
    )
    return list(rows)


async def tell_of_day(session: AsyncSession, today: date, now: datetime, rules: Rules) -> str:
    """Those who see the fees get one summary of the day's letters, once. The summary's first line, "" without letters."""
    notices = list(
        await session.scalars(
            select(Notice)
            .where(Notice.kind.in_(_KINDS), Notice.made_at >= at_local(today, 0))
            .where(Notice.made_at < at_local(today + timedelta(days=1), 0))
            .order_by(Notice.number)
        )
    )
    if not notices:
        return ""
    counts = [(kind, [n for n in notices if n.kind is kind]) for kind in _KINDS]
    head = "；".join(
        f"{kind} {len(some)} 份，共 {yuan(sum(n.amount_fen for n in some))} 元"
        for kind, some in counts
        if some
    )
    lines = [
        f"· {document_of(notice).tenant}（{notice.number}）{yuan(notice.amount_fen)} 元" for notice in notices
    ]
    more = [f"另有 {len(lines) - MOST_LINES} 份"] if len(lines) > MOST_LINES else []
    text = "\n".join([f"【今日催款】{head}。", *lines[:MOST_LINES], *more, *await _paused(session, today)])
    members = await staff_who_may(session, SEE, rules)
    await tell_staff(session, members, f"dunning:{today}", Content(text=text), now=now)
    return head


async def _paused(session: AsyncSession, today: date) -> list[str]:
    """Who is left alone because of a promise or a dispute, with its last day."""
    rows = await session.execute(
        select(Tenant.name, DunningPause.kind, DunningPause.until_on)
        .join(Tenant, Tenant.id == DunningPause.tenant_id)
        .where(DunningPause.lifted_at.is_(None), DunningPause.until_on >= today)
        .where(Tenant.id.in_(await overdue_tenants(session, today)))
        .order_by(DunningPause.until_on, DunningPause.id)
    )
    names = [f"{name}（{kind}至{day.month}月{day.day}日）" for name, kind, day in rows]
    return [f"暂停催款：{'、'.join(names[:MOST_LINES])}"] if names else []


async def tell_calendar_unknown(
    session: AsyncSession, unknown: CalendarUnknown, today: date, now: datetime, rules: Rules
) -> None:
    """Nobody is dunned by a guess: those who see the fees are asked to enter the year's days."""
    text = f"【催款暂停】{unknown} 补录之前不会发出催款通知。"
    members = await staff_who_may(session, SEE, rules)
    await tell_staff(
        session, members, f"dunning:calendar:{unknown.year}:{today}", Content(text=text), now=now
    )
