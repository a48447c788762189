"""The balance of all bills: what was billed is paid, credited, owed or reversed, to the 分; now or at the end of a month.

paid: by money that came for the bill. credited: by money that was there before the bill (预存).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.clock import at_local
from models.fees.bill import Bill, BillReversal, BillStatus, ReversalStatus
from models.fees.payment import Allocation, Payment, ReleasedAllocation


@dataclass(frozen=True, slots=True)
class Balance:
    """Sums of all bills that had gone out."""

    billed_fen: int
    paid_fen: int
    credited_fen: int
    reversed_fen: int

    @property
    def owed_fen(self) -> int:
        """What is left."""
        return self.billed_fen - self.paid_fen - self.credited_fen - self.reversed_fen


async def balance(session: AsyncSession, month: Month | None = None) -> Balance:
    """At the end of the month; now, without one."""
    until = at_local(month.last_day + timedelta(days=1), 0) if month else None
    billed = select(func.sum(Bill.total_fen)).where(
        Bill.status != BillStatus.DRAFT, _by(Bill.issued_at, until)
    )
    undone = (
        select(func.sum(Bill.total_fen))
        .join(BillReversal, BillReversal.bill_id == Bill.id)
        .where(BillReversal.status == ReversalStatus.APPROVED, _by(BillReversal.decided_at, until))
    )
    paid = await _paid(session, Allocation, until)
    if until is not None:  # what was released later still paid its bill then
        then = await _paid(session, ReleasedAllocation, until)
        paid = paid[0] + then[0], paid[1] + then[1]
    return Balance(await _sum(session, billed), *paid, await _sum(session, undone))


def _by(instant: Any, until: datetime | None) -> ColumnElement[bool]:
    return true() if until is None else cast("ColumnElement[bool]", instant < until)


async def _paid(
    session: AsyncSession, table: type[Allocation] | type[ReleasedAllocation], until: datetime | None
) -> tuple[int, int]:
    """The 分 by money that came for the bill, and by money that was there before it."""
    lasting: ColumnElement[bool] = Payment.reversed_at.is_(None)
    if until is not None:
        lasting = or_(lasting, Payment.reversed_at >= until)
    here = and_(lasting, _by(table.made_at, until))
    if table is ReleasedAllocation and until is not None:
        here = and_(here, ReleasedAllocation.released_at >= until)
    before = Payment.received_at < Bill.issued_at
    rows = await session.execute(
        select(
            func.sum(case((before, 0), else_=table.amount_fen)),
            func.sum(case((before, table.amount_fen), else_=0)),
        )
        .join(Payment, Payment.id == table.payment_id)
        .join(Bill, Bill.id == table.bill_id)
        .where(here)
    )
    direct, credited = rows.one()
    return int(direct or 0), int(credited or 0)


async def _sum(session: AsyncSession, query: object) -> int:
    return int(await session.scalar(query) or 0)  # type: ignore[call-overload]


async def books_off(session: AsyncSession) -> list[str]:
    """What is left over all movements is what the bills themselves say is owed; else a sentence."""
    found = await balance(session)
    owed = await _sum(
        session, select(func.sum(Bill.total_fen - Bill.paid_fen)).where(Bill.status == BillStatus.ISSUED)
    )
    return (
        [] if found.owed_fen == owed else [f"bills: {found.owed_fen} owed by movements, {owed} by themselves"]
    )
