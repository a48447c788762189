"""What the payments on record paid of their bills, for receipts, for 违约金, and for whoever asks why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local_date
from models.fees.allocation import LAWFUL_ORDER, DebtKind
from models.fees.attribution import Attributed, BillPayment, attribute, debts_of
from models.fees.bill import BillLine
from models.fees.deposit import DEPOSIT
from models.fees.payment import Allocation, Payment


@dataclass(frozen=True, slots=True)
class BillHistory:
    """A bill's claims by kind, the deposits among its principal, and what each live payment paid of them."""

    debts: dict[DebtKind, int]
    deposits_fen: int
    payments: list[Attributed]


async def histories(
    session: AsyncSession, bill_ids: Collection[int], order: Sequence[str] = LAWFUL_ORDER
) -> dict[int, BillHistory]:
    """By bill id; two queries for all of them. A payment counts from the day it was received."""
    lines = defaultdict(list)
    for bill_id, code, amount_fen in await session.execute(
        select(BillLine.bill_id, BillLine.code, BillLine.amount_fen).where(BillLine.bill_id.in_(bill_ids))
    ):
        lines[bill_id].append((code, amount_fen))
    paid = defaultdict(list)
    for bill_id, payment_id, received_at, amount_fen in await session.execute(
        select(Allocation.bill_id, Payment.id, Payment.received_at, Allocation.amount_fen)
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Allocation.bill_id.in_(bill_ids), Payment.reversed_at.is_(None))
        .order_by(Allocation.made_at, Allocation.id)
    ):
        paid[bill_id].append(BillPayment(payment_id, local_date(received_at), amount_fen))
    return {
        bill_id: _history(lines[bill_id], paid[bill_id], order) for bill_id in bill_ids if bill_id in lines
    }


def _history(
    lines: Sequence[tuple[str, int]], payments: Sequence[BillPayment], order: Sequence[str]
) -> BillHistory:
    debts = debts_of(lines)
    deposits = sum(amount_fen for code, amount_fen in lines if code == DEPOSIT)
    return BillHistory(debts, deposits, attribute(debts, payments, order))
