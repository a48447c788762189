"""A tenant's account: the lock that money movements of one tenant take turns at, and whether the books agree."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.bank.line import BankLine
from models.fees.bill import Bill, BillLine, BillStatus
from models.fees.books import books_off
from models.fees.payment import Allocation, Payment, Refund, RefundPart
from models.fees.till import OF_ACCOUNTS, TillEntry
from models.people.tenant import Tenant


async def lock_accounts(session: AsyncSession, tenant_ids: Iterable[int]) -> None:
    """Waits until nobody else moves money of these tenants. Taken before any number, always in the same order."""
    await session.execute(_LOCK, {"ids": list(tenant_ids)})


_LOCK = (
    select(Tenant.id)
    .where(Tenant.id.in_(bindparam("ids", expanding=True)))
    .order_by(Tenant.id)
    .with_for_update(key_share=True)
)


async def books_balance(session: AsyncSession) -> list[str]:
    """Sentences on whatever does not add up; empty when the books are in order."""
    parts = (_bills_off, _payments_off, _refunds_off, _till_off, _lines_off, books_off)
    return [sentence for part in parts for sentence in await part(session)]


async def _bills_off(session: AsyncSession) -> list[str]:
    live = await _sums(
        session,
        select(Allocation.bill_id, func.sum(Allocation.amount_fen))
        .join(Payment)
        .where(Payment.reversed_at.is_(None))
        .group_by(Allocation.bill_id),
    )
    printed = await _sums(
        session, select(BillLine.bill_id, func.sum(BillLine.amount_fen)).group_by(BillLine.bill_id)
    )
    found = []
    for bill in await session.scalars(select(Bill).execution_options(populate_existing=True)):
        if bill.paid_fen != live.get(bill.id, 0):
            found.append(f"bill {bill.id}: paid {bill.paid_fen}, allocated {live.get(bill.id, 0)}")
        if not 0 <= bill.paid_fen <= bill.total_fen:
            found.append(f"bill {bill.id}: paid {bill.paid_fen} of {bill.total_fen}")
        if printed.get(bill.id, bill.total_fen) != bill.total_fen:
            found.append(f"bill {bill.id}: lines {printed[bill.id]}, total {bill.total_fen}")
        if (bill.status is BillStatus.DRAFT) == (bill.number is not None):
            found.append(f"bill {bill.id}: {bill.status} with number {bill.number}")
    return found


async def _payments_off(session: AsyncSession) -> list[str]:
    used = await _sums(
        session,
        select(Allocation.payment_id, func.sum(Allocation.amount_fen)).group_by(Allocation.payment_id),
    )
    returned = await _sums(
        session,
        select(RefundPart.payment_id, func.sum(RefundPart.amount_fen))
        .join(Refund, Refund.id == RefundPart.refund_id)
        .where(Refund.cancelled_at.is_(None))
        .group_by(RefundPart.payment_id),
    )
    found = []
    for payment_id, amount_fen, reversed_at in await session.execute(
        select(Payment.id, Payment.amount_fen, Payment.reversed_at)
    ):
        given_fen = returned.get(payment_id, 0)
        if used.get(payment_id, 0) + given_fen > amount_fen:
            found.append(
                f"payment {payment_id}: {used.get(payment_id, 0)} allocated, {given_fen} returned of {amount_fen}"
            )
        if reversed_at is not None and given_fen:
            found.append(f"payment {payment_id}: reversed, but {given_fen} of it returned")
    return found


async def _refunds_off(session: AsyncSession) -> list[str]:
    parts = await _sums(
        session,
        select(RefundPart.refund_id, func.sum(RefundPart.amount_fen)).group_by(RefundPart.refund_id),
    )
    rows = await session.execute(select(Refund.id, Refund.amount_fen))
    return [
        f"refund {refund_id}: parts {parts.get(refund_id, 0)}, total {amount}"
        for refund_id, amount in rows
        if parts.get(refund_id, 0) != amount
    ]


async def _till_off(session: AsyncSession) -> list[str]:
    """The tills together hold what was paid and neither taken nor given back."""
    live = select(func.coalesce(func.sum(Payment.amount_fen), 0)).where(Payment.reversed_at.is_(None))
    given = select(func.coalesce(func.sum(Refund.amount_fen), 0)).where(Refund.cancelled_at.is_(None))
    held = int(await session.scalar(live) or 0) - int(await session.scalar(given) or 0)
    entries = select(func.coalesce(func.sum(TillEntry.amount_fen), 0))
    moved = int(await session.scalar(entries.where(TillEntry.movement.in_(OF_ACCOUNTS))) or 0)
    return [f"tills moved {moved}, the books hold {held}"] if moved != held else []


async def _lines_off(session: AsyncSession) -> list[str]:
    """No line of a statement is on the accounts for more than it is worth."""
    booked = await _sums(
        session,
        select(Payment.bank_line_id, func.sum(Payment.amount_fen))
        .where(Payment.bank_line_id.is_not(None), Payment.reversed_at.is_(None))
        .group_by(Payment.bank_line_id),
    )
    rows = await session.execute(select(BankLine.id, BankLine.amount_fen).where(BankLine.id.in_(booked)))
    return [f"bank line {key}: {booked[key]} of {amount}" for key, amount in rows if booked[key] > amount]


async def _sums(session: AsyncSession, query: object) -> dict[int, int]:
    rows = await session.execute(query)  # type: ignore[call-overload]
    return {key: int(amount) for key, amount in rows}
