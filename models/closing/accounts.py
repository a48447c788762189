"""What each tenant owed, less what it had paid, at one moment of the past."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.bill import Bill, BillStatus
from models.fees.payment import Payment


async def account_at(session: AsyncSession, at: datetime) -> dict[int, int]:
    """分 by tenant: more than 0 is owed, less is credit; tenants who are even are left out."""
    billed = (
        select(Bill.tenant_id, func.sum(Bill.total_fen))
        .where(Bill.status != BillStatus.DRAFT, Bill.issued_at < at)
        .group_by(Bill.tenant_id)
    )
    paid = (
        select(Payment.tenant_id, func.sum(Payment.amount_fen))
        .where(Payment.received_at < at, or_(Payment.reversed_at.is_(None), Payment.reversed_at >= at))
        .group_by(Payment.tenant_id)
    )
    accounts = await _sums(session, billed)
    for tenant_id, amount in (await _sums(session, paid)).items():
        accounts[tenant_id] = accounts.get(tenant_id, 0) - amount
    return {tenant_id: net for tenant_id, net in accounts.items() if net}


async def _sums(session: AsyncSession, query: Select[int, int]) -> dict[int, int]:
    return {tenant_id: int(amount) for tenant_id, amount in await session.execute(query)}
