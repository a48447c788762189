"""A tenant's account: the lock that money movements of one tenant take turns at, and whether the books agree."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.bill import Bill, BillLine, BillStatus
from models.fees.payment import Allocation, Payment
from models.people.tenant import Tenant


async def lock_accounts(session: AsyncSession, tenant_ids: Iterable[int]) -> None:
    """Waits until nobody else moves money of these tenants. Taken before any number, always in the same order."""
    await session.execute(
        select(Tenant.id)
        .where(Tenant.id.in_(list(tenant_ids)))
        .order_by(Tenant.id)
        .with_for_update(key_share=True)
    )


async def books_balance(session: AsyncSession) -> list[str]:
    """Sentences on whatever does not add up; empty when the books are in order."""
    return [*await _bills_off(session), *await _payments_off(session)]


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
        if (bill.status is BillStatus.ISSUED) != (bill.number is not None):
            found.append(f"bill {bill.id}: {bill.status} with number {bill.number}")
    return found


async def _payments_off(session: AsyncSession) -> list[str]:
    used = await _sums(
        session,
        select(Allocation.payment_id, func.sum(Allocation.amount_fen)).group_by(Allocation.payment_id),
    )
    rows = await session.execute(select(Payment.id, Payment.amount_fen))
    return [
        f"payment {payment_id}: {used[payment_id]} allocated of {amount}"
        for payment_id, amount in rows
        if used.get(payment_id, 0) > amount
    ]


async def _sums(session: AsyncSession, query: object) -> dict[int, int]:
    rows = await session.execute(query)  # type: ignore[call-overload]
    return {key: int(amount) for key, amount in rows}
