"""Notices: how many were wrong by our fault, and how many were signed for in time [manual 5.x]."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.calendar.working_days import day_of_month
from models.clock import local_date
from models.fees.bill import Bill, BillReversal, ReversalCause, ReversalStatus
from models.kpi.measure import Kpi, Measure, Miss
from models.notices.notice import Notice, NoticeKind
from models.notices.sign_off import Stand, stands_of
from models.people.tenant import Tenant
from models.rules import Rules

_OURS = (ReversalCause.OURS, ReversalCause.READING)


async def _issued(session: AsyncSession, month: Month) -> list[Notice]:
    """The month's payment notices, also those taken back since."""
    rows = await session.scalars(
        select(Notice)
        .where(Notice.month == str(month), Notice.kind == NoticeKind.PAYMENT)
        .order_by(Notice.number)
    )
    return list(rows)


async def notice_errors(session: AsyncSession, month: Month, now: datetime, rules: Rules) -> Measure:
    """Notices whose bill was taken back for our error, of those issued."""
    issued = await _issued(session, month)
    rows = await session.execute(
        select(Notice, Tenant.name, BillReversal.reason, BillReversal.decided_at)
        .join(Bill, Bill.id == Notice.bill_id)
        .join(BillReversal, BillReversal.bill_id == Bill.id)
        .join(Tenant, Tenant.id == Notice.tenant_id)
        .where(Notice.id.in_([notice.id for notice in issued]))
        .where(BillReversal.status == ReversalStatus.APPROVED, BillReversal.cause.in_(_OURS))
        .order_by(Notice.number)
    )
    misses = [
        Miss(
            notice.number,
            name,
            f"{local_date(decided_at or now):%m-%d} 冲销：{reason}，金额",
            notice.amount_fen,
        )
        for notice, name, reason, decided_at in rows
    ]
    return Measure(
        Kpi.NOTICES,
        "通知单差错率",
        month,
        len(misses),
        len(issued),
        rules.kpi.notice_error_most,
        "因我方差错冲销的缴费通知单 ÷ 发出的缴费通知单",
        misses,
        low_is_good=True,
    )


async def sign_off(session: AsyncSession, month: Month, now: datetime, rules: Rules) -> Measure:
    """Notices signed for by the 28th, of those issued; a registered letter that was delivered counts as signed for.

    Notices taken back do not count: nobody has to sign for them.
    """
    last_day = day_of_month(month.year, month.month, rules.kpi.sign_off_day)
    standing = [notice for notice in await _issued(session, month) if notice.void_at is None]
    found: Sequence[Stand] = await stands_of(session, standing)
    late = [stand for stand in found if (on := _proven_on(stand)) is None or on > last_day]
    return Measure(
        Kpi.SIGN_OFF,
        f"{last_day.day}日前签收率",
        month,
        len(found) - len(late),
        len(found),
        rules.kpi.sign_off_least,
        f"到 {last_day:%Y-%m-%d} 已签收（含邮件妥投）÷ 发出的缴费通知单",
        [_late(stand) for stand in late],
        open_note=f"截至 {local_date(now):%m-%d}，未到期" if local_date(now) <= last_day else "",
    )


def _proven_on(stand: Stand) -> date | None:
    """The day of the proof, None while there is none."""
    if signature := stand.reached.signature:
        return local_date(signature.at)
    parcel = stand.reached.delivered_parcel
    return parcel.delivered_on if parcel else None


def _late(stand: Stand) -> Miss:
    on = _proven_on(stand)
    how = f"{on:%m-%d} 才签收" if on else f"未签收（{stand.reached.words}{'，已付清' if stand.paid else ''}）"
    return Miss(stand.notice.number, f"{'、'.join(stand.letter.units)} {stand.letter.tenant}", how)
