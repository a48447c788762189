"""What of a tenant's payments may be put on an invoice: money that is there, that paid bills, and is on none yet.

Credit is invoiced once it has paid a bill; a deposit never, for it is no income.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.bill import Bill, BillLine
from models.fees.bill_view import bill_label
from models.fees.deposit import DEPOSIT
from models.fees.money import yuan
from models.fees.payment import Allocation, Payment
from models.invoices.invoice import Invoice, InvoicePart, InvoiceState

_COUNTING = [state for state in InvoiceState if state.counts]


@dataclass(frozen=True, slots=True)
class Invoiceable:
    """One payment with what of it may be invoiced. bills: label → 分 of what it paid, for those who write the invoice."""

    payment: Payment
    amount_fen: int
    bills: dict[str, int]


async def invoiceable(session: AsyncSession, tenant_id: int) -> list[Invoiceable]:
    """The tenant's payments with something to invoice, oldest first. The account should be locked to act on it."""
    paid = await _paid_for(session, tenant_id)
    taken = await _on_invoices(session, tenant_id)
    payments = await session.scalars(
        select(Payment)
        .where(Payment.tenant_id == tenant_id, Payment.reversed_at.is_(None))
        .order_by(Payment.received_at, Payment.id)
    )
    found = []
    for payment in payments:
        open_fen = sum(paid[payment.id].values()) - taken.get(payment.id, 0)
        if payment.is_money and open_fen > 0:
            found.append(Invoiceable(payment, open_fen, paid[payment.id]))
    return found


async def _paid_for(session: AsyncSession, tenant_id: int) -> dict[int, dict[str, int]]:
    """Payment → bill's label → 分 that count. What a bill asks as a deposit is taken to be paid last."""
    rows = await session.execute(
        select(Allocation.payment_id, Allocation.amount_fen, Bill)
        .join(Payment, Payment.id == Allocation.payment_id)
        .join(Bill, Bill.id == Allocation.bill_id)
        .where(Payment.tenant_id == tenant_id, Payment.reversed_at.is_(None))
        .order_by(Allocation.id)
    )
    parts = [(payment_id, amount, bill) for payment_id, amount, bill in rows]
    deposits = await _deposits(session, {bill.id for _, _, bill in parts})
    left = {bill.id: bill.total_fen - deposits.get(bill.id, 0) for _, _, bill in parts}
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for payment_id, amount, bill in parts:
        counts = min(amount, left[bill.id])
        left[bill.id] -= counts
        if counts > 0:
            label = bill_label(bill)
            found[payment_id][label] = found[payment_id].get(label, 0) + counts
    return found


async def _deposits(session: AsyncSession, bill_ids: set[int]) -> dict[int, int]:
    rows = await session.execute(
        select(BillLine.bill_id, func.sum(BillLine.amount_fen))
        .where(BillLine.bill_id.in_(bill_ids), BillLine.code == DEPOSIT)
        .group_by(BillLine.bill_id)
    )
    return {bill_id: int(amount) for bill_id, amount in rows}


async def _on_invoices(session: AsyncSession, tenant_id: int) -> dict[int, int]:
    """Payment → 分 that are on an invoice or applied for."""
    rows = await session.execute(
        select(InvoicePart.payment_id, func.sum(InvoicePart.amount_fen))
        .join(Invoice, Invoice.id == InvoicePart.invoice_id)
        .where(Invoice.tenant_id == tenant_id, Invoice.state.in_(_COUNTING))
        .group_by(InvoicePart.payment_id)
    )
    return {payment_id: int(amount) for payment_id, amount in rows}


async def over_invoiced(session: AsyncSession) -> list[tuple[Invoice, int]]:
    """Invoices for more than their payments pay since a bill was corrected: (invoice, 分 too much)."""
    paid = (
        select(Allocation.payment_id, func.sum(Allocation.amount_fen).label("fen"))
        .group_by(Allocation.payment_id)
        .subquery()
    )
    parts = (
        select(
            InvoicePart.payment_id,
            func.max(InvoicePart.invoice_id).label("invoice_id"),
            func.sum(InvoicePart.amount_fen).label("fen"),
        )
        .join(Invoice, Invoice.id == InvoicePart.invoice_id)
        .where(Invoice.state.in_([InvoiceState.APPLIED, InvoiceState.ISSUED]))
        .group_by(InvoicePart.payment_id)
        .subquery()
    )
    too_much = parts.c.fen - func.coalesce(paid.c.fen, 0)
    rows = await session.execute(
        select(Invoice, too_much)
        .join(parts, parts.c.invoice_id == Invoice.id)
        .outerjoin(paid, paid.c.payment_id == parts.c.payment_id)
        .where(too_much > 0)
        .order_by(Invoice.id)
    )
    return [(invoice, int(fen)) for invoice, fen in rows]


def bills_text(items: list[Invoiceable]) -> str:
    """What was paid for, summed by bill."""
    sums: dict[str, int] = defaultdict(int)
    for item in items:
        for label, fen in item.bills.items():
            sums[label] += fen
    return "、".join(f"{label} {yuan(fen)}" for label, fen in sums.items())
