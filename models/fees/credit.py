"""Credit: what a tenant paid beyond its bills, used for the next ones, oldest payment first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.bill import Bill, unpaid_bills
from models.fees.payment import Allocation, Payment, Refund, RefundPart


async def use_credit(session: AsyncSession, bill: Bill, now: datetime) -> int:
    """Pays the bill from earlier payments as far as they reach; the 分 used. `bill` must be locked."""
    used_fen = 0
    for payment, left_fen in await unspent(session, bill.tenant_id):
        part_fen = min(left_fen, bill.owed_fen)
        if part_fen <= 0:
            break
        session.add(Allocation(payment_id=payment.id, bill_id=bill.id, amount_fen=part_fen, made_at=now))
        bill.paid_fen += part_fen
        used_fen += part_fen
    await session.flush()
    return used_fen


async def settle_from_credit(session: AsyncSession, tenant_id: int, now: datetime) -> int:
    """Pays what is open from what is unspent, oldest due first; the 分 used."""
    bills = await unpaid_bills(session, tenant_id, lock=True)
    return sum([await use_credit(session, bill, now) for bill in bills])


async def with_credit(session: AsyncSession, tenant_ids: Sequence[int]) -> set[int]:
    """Those of the tenants that have a live payment with something left of it."""
    used = select(func.coalesce(func.sum(Allocation.amount_fen), 0)).where(
        Allocation.payment_id == Payment.id
    )
    returned = (
        select(func.coalesce(func.sum(RefundPart.amount_fen), 0))
        .join(Refund, Refund.id == RefundPart.refund_id)
        .where(RefundPart.payment_id == Payment.id, Refund.cancelled_at.is_(None))
    )
    spent = used.scalar_subquery() + returned.scalar_subquery()
    rows = await session.scalars(
        select(Payment.tenant_id).where(
            Payment.tenant_id.in_(tenant_ids), Payment.reversed_at.is_(None), Payment.amount_fen > spent
        )
    )
    return set(rows)


async def unspent(session: AsyncSession, tenant_id: int) -> list[tuple[Payment, int]]:
    """Live payments with something left of them, oldest first, locked."""
    payments = await session.scalars(
        select(Payment)
        .where(Payment.tenant_id == tenant_id, Payment.reversed_at.is_(None))
        .order_by(Payment.received_at, Payment.id)
        .with_for_update()
    )
    found = list(payments)
    ids = [payment.id for payment in found]
    used = await _sums(
        session,
        select(Allocation.payment_id, func.sum(Allocation.amount_fen)).where(Allocation.payment_id.in_(ids)),
    )
    returned = await _sums(
        session,
        select(RefundPart.payment_id, func.sum(RefundPart.amount_fen))
        .join(Refund, Refund.id == RefundPart.refund_id)
        .where(RefundPart.payment_id.in_(ids), Refund.cancelled_at.is_(None)),
    )
    left = [
        (payment, payment.amount_fen - used.get(payment.id, 0) - returned.get(payment.id, 0))
        for payment in found
    ]
    return [(payment, amount) for payment, amount in left if amount > 0]


async def _sums(session: AsyncSession, query: Select[int, int]) -> dict[int, int]:
    """By payment."""
    rows = await session.execute(query.group_by(query.selected_columns[0]))
    return {payment_id: int(amount) for payment_id, amount in rows}
