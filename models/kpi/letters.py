"""Notices: how many were wrong by our fault, and how many were signed for in time [manual 5.x]."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.calendar.working_days import day_of_month
from models.clock import local_date
from models.database import one_of
from models.fees.bill import Bill, BillReversal, ReversalCause, ReversalStatus
from models.kpi.measure import Kpi, Measure, Miss
from models.notices.notice import Notice, NoticeKind, Receipt
from models.notices.posting import Posting
from models.notices.sign_off import Stand, stands_of
from models.people.tenant import Tenant
from models.rules import Rules

_OURS = (ReversalCause.OURS, ReversalCause.READING)


def _of(month: Month) -> ColumnElement[bool]:
    """The month's payment notices, also those taken back since."""
    return and_(Notice.month == str(month), Notice.kind == NoticeKind.PAYMENT)


async def notice_errors(session: AsyncSession, month: Month, now: datetime, rules: Rules) -> Measure:
    """Notices whose bill was taken back for our error, of those issued."""
    issued = await session.scalar(select(func.count()).select_from(Notice).where(_of(month))) or 0
    rows = await session.execute(
        select(Notice, Tenant.name, BillReversal.reason, BillReversal.decided_at)
        .join(Bill, Bill.id == Notice.bill_id)
        .join(BillReversal, BillReversal.bill_id == Bill.id)
        .join(Tenant, Tenant.id == Notice.tenant_id)
        .where(_of(month))
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
        issued,
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
    issued = list(await session.scalars(select(Notice.id).where(_of(month), Notice.void_at.is_(None))))
    proven = await _proven_on(session, month)
    late_ids = [number for number in issued if (on := proven.get(number)) is None or on > last_day]
    notices = await session.scalars(
        select(Notice).where(one_of(session, Notice.id, late_ids)).order_by(Notice.number)
    )
    late = await stands_of(session, list(notices))
    return Measure(
        Kpi.SIGN_OFF,
        f"{last_day.day}日前签收率",
        month,
        len(issued) - len(late),
        len(issued),
        rules.kpi.sign_off_least,
        f"到 {last_day:%Y-%m-%d} 已签收（含邮件妥投）÷ 发出的缴费通知单",
        [_late(stand, proven.get(stand.notice.id)) for stand in late],
        open_note=f"截至 {local_date(now):%m-%d}，未到期" if local_date(now) <= last_day else "",
    )


async def _proven_on(session: AsyncSession, month: Month) -> dict[int, date]:
    """The day of the proof by notice: of the first sufficient signature, else of the first parcel that was delivered."""
    signed = await session.execute(
        select(Receipt.notice_id, Receipt.at)
        .join(Notice, Notice.id == Receipt.notice_id)
        .where(_of(month), Receipt.sufficient)
        .order_by(Receipt.id)
    )
    found: dict[int, date] = {}
    for notice_id, at in signed:
        found.setdefault(notice_id, local_date(at))
    posted = await session.execute(
        select(Posting.notice_id, Posting.delivered_on)
        .join(Notice, Notice.id == Posting.notice_id)
        .where(_of(month))
        .order_by(Posting.id)
    )
    for notice_id, on in posted:
        if on:
            found.setdefault(notice_id, on)
    return found


def _late(stand: Stand, on: date | None) -> Miss:
    how = f"{on:%m-%d} 才签收" if on else f"未签收（{stand.reached.words}{'，已付清' if stand.paid else ''}）"
    return Miss(stand.notice.number, f"{'、'.join(stand.letter.units)} {stand.letter.tenant}", how)
