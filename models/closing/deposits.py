"""Deposits (押金) of a month: taken, given back, held. They are the tenants' money: neither income nor debt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import at_local
from models.closing.span import Span
from models.fees.bill import Bill, BillStatus
from models.fees.deposit import Deposit, DepositRefund
from models.fees.payment import Allocation, Payment


@dataclass(frozen=True, slots=True)
class Deposits:
    """分 taken and given back in a month, and held at its end."""

    received_fen: int
    returned_fen: int
    held_fen: int


async def deposits_of(session: AsyncSession, span: Span) -> Deposits:
    """As the rows tell."""
    before = Span(at_local(date(2000, 1, 1), 0), span.start)
    received, returned = await _received(session, span), await _returned(session, span)
    held = await _received(session, before) - await _returned(session, before)
    return Deposits(received, returned, held + received - returned)


async def _received(session: AsyncSession, span: Span) -> int:
    """At the counter, or with the bill they stand on: on the day it was paid in full."""
    counter = select(func.sum(Deposit.amount_fen)).where(span.holds(Deposit.received_at))
    rows = await session.execute(
        select(Bill.id, func.max(Allocation.made_at))
        .join(Allocation, Allocation.bill_id == Bill.id)
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Bill.status == BillStatus.ISSUED, Bill.paid_fen >= Bill.total_fen)
        .where(Payment.reversed_at.is_(None), Bill.id.in_(select(Deposit.bill_id)))
        .group_by(Bill.id)
    )
    within = [bill_id for bill_id, paid_at in rows if span.start <= paid_at < span.end]
    billed = select(func.sum(Deposit.amount_fen)).where(Deposit.bill_id.in_(within))
    return int(await session.scalar(counter) or 0) + int(await session.scalar(billed) or 0)


async def _returned(session: AsyncSession, span: Span) -> int:
    query = select(func.sum(DepositRefund.amount_fen)).where(span.holds(DepositRefund.refunded_at))
    return int(await session.scalar(query) or 0)
