"""Collection of a month: what was paid by the end of the due month, of what was billed [manual 5.x: ≥ 95 %].

Deposits never count: they are no income. Of a bill that holds one, the fees count as paid first. A cheque counts once
the money is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.clock import at_local, local_date
from models.fees.bill import Bill, BillKind, BillLine, BillStatus
from models.fees.deposit import DEPOSIT
from models.fees.money import yuan
from models.fees.payment import Allocation, Cheque, Payment
from models.kpi.measure import Kpi, Measure, Miss
from models.people.tenant import Tenant
from models.rules import Rules


@dataclass(frozen=True, slots=True)
class Billed:
    """A bill of the month. fees_fen: without deposits; paid: 分 with the moment they came, in order of time."""

    number: str
    tenant: str
    due_on: date
    issued_on: date
    fees_fen: int
    paid: Sequence[tuple[datetime, int]]

    def paid_by(self, at: datetime) -> int:
        """What of the fees was paid before that moment."""
        return min(sum(amount for when, amount in self.paid if when < at), self.fees_fen)


async def billed_in(session: AsyncSession, month: Month) -> list[Billed]:
    """The month's bills that stand, old debts not among them."""
    deposits = await _deposits(session, month)
    paid = await _paid(session, month)
    rows = await session.execute(
        select(Bill, Tenant.name)
        .join(Tenant, Tenant.id == Bill.tenant_id)
        .where(*_of(month))
        .order_by(Bill.number)
    )
    return [
        Billed(
            bill.number or "",
            name,
            bill.due_on,
            local_date(bill.issued_at) if bill.issued_at else month.last_day,
            bill.total_fen - deposits.get(bill.id, 0),
            paid.get(bill.id, []),
        )
        for bill, name in rows
    ]


def _of(month: Month) -> tuple[ColumnElement[bool], ...]:
    return Bill.month == str(month), Bill.status == BillStatus.ISSUED, Bill.kind != BillKind.OPENING


async def _deposits(session: AsyncSession, month: Month) -> dict[int, int]:
    rows = await session.execute(
        select(BillLine.bill_id, func.sum(BillLine.amount_fen))
        .join(Bill, Bill.id == BillLine.bill_id)
        .where(*_of(month), BillLine.code == DEPOSIT)
        .group_by(BillLine.bill_id)
    )
    return {bill_id: int(amount) for bill_id, amount in rows}


async def _paid(session: AsyncSession, month: Month) -> dict[int, list[tuple[datetime, int]]]:
    rows = await session.execute(
        select(Allocation.bill_id, Allocation.made_at, Allocation.amount_fen, Payment.cheque_at)
        .join(Bill, Bill.id == Allocation.bill_id)
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(*_of(month), Payment.reversed_at.is_(None))
        .where(or_(Payment.cheque.is_(None), Payment.cheque == Cheque.CLEARED))
    )
    found: dict[int, list[tuple[datetime, int]]] = {}
    for bill_id, made_at, amount_fen, cleared_at in rows:
        found.setdefault(bill_id, []).append((max(made_at, cleared_at or made_at), amount_fen))
    return {bill_id: sorted(parts) for bill_id, parts in found.items()}


def end_of_due_month(bills: Sequence[Billed], month: Month) -> date:
    """The last day that counts: the end of the month in which the bills fall due."""
    due_on = max((bill.due_on for bill in bills), default=month.next().last_day)
    return Month.of(due_on).last_day


async def collection(session: AsyncSession, month: Month, now: datetime, rules: Rules) -> Measure:
    """As of the end of the due month, or of now while that is not over."""
    bills = await billed_in(session, month)
    last_day = end_of_due_month(bills, month)
    at = min(now, at_local(last_day + timedelta(days=1), 0))
    missing = [(bill, bill.fees_fen - bill.paid_by(at)) for bill in bills]
    misses = [
        Miss(
            bill.number,
            bill.tenant,
            f"应收 {yuan(bill.fees_fen)} 元，{bill.due_on:%m-%d} 到期，未收",
            left,
        )
        for bill, left in missing
        if left > 0
    ]
    return Measure(
        Kpi.COLLECTION,
        "当月收缴率",
        month,
        sum(bill.paid_by(at) for bill in bills),
        sum(bill.fees_fen for bill in bills),
        rules.kpi.collection_least,
        f"到 {last_day:%Y-%m-%d} 已收 ÷ 应收（不含押金和期初欠费，在途支票不算）",
        sorted(misses, key=lambda miss: (-miss.amount_fen, miss.item)),
        money=True,
        open_note=f"截至 {local_date(now):%m-%d}，未到期" if local_date(now) <= last_day else "",
    )
