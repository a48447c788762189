"""What each tenant owed, less what it had paid, at one moment of the past."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.bill import Bill, BillReversal, BillStatus, ReversalStatus
from models.fees.payment import Payment, Refund


async def account_at(session: AsyncSession, at: datetime) -> dict[int, int]:
    """分 by tenant: more than 0 is owed, less is credit; tenants who are even are left out."""
    undone = exists().where(
        BillReversal.bill_id == Bill.id,
        BillReversal.status == ReversalStatus.APPROVED,
        BillReversal.decided_at < at,
    )
    billed = (
        select(Bill.tenant_id, func.sum(Bill.total_fen))
        .where(Bill.status != BillStatus.DRAFT, Bill.issued_at < at, ~undone)
        .group_by(Bill.tenant_id)
    )
    paid = (
        select(Payment.tenant_id, func.sum(Payment.amount_fen))
        .where(Payment.received_at < at, or_(Payment.reversed_at.is_(None), Payment.reversed_at >= at))
        .group_by(Payment.tenant_id)
    )
    refunded = (
        select(Refund.tenant_id, func.sum(Refund.amount_fen))
        .where(Refund.refunded_at < at, or_(Refund.cancelled_at.is_(None), Refund.cancelled_at >= at))
        .group_by(Refund.tenant_id)
    )
    accounts: dict[int, int] = {}
    for sign, query in ((1, billed), (-1, paid), (1, refunded)):
        for tenant_id, amount in (await _sums(session, query)).items():
            accounts[tenant_id] = accounts.get(tenant_id, 0) + sign * amount
    return {tenant_id: net for tenant_id, net in accounts.items() if net}


async def _sums(session: AsyncSession, query: Select[int, int]) -> dict[int, int]:
    return {tenant_id: int(amount) for tenant_id, amount in await session.execute(query)}
