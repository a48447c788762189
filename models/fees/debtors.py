"""Who owes what (欠费)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.bill import Bill, BillStatus
from models.people.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Debtor:
    """A tenant with open bills. overdue_fen: the part of `owed_fen` whose last day has passed."""

    tenant_id: int
    name: str
    bills: int
    owed_fen: int
    overdue_fen: int
    oldest_due_on: date


async def debtors(session: AsyncSession, today: date) -> list[Debtor]:
    """Tenants who owe, the longest overdue first."""
    rows = await session.execute(
        select(Tenant.id, Tenant.name, Bill.due_on, Bill.total_fen - Bill.paid_fen)
        .join(Bill, Bill.tenant_id == Tenant.id)
        .where(Bill.status == BillStatus.ISSUED, Bill.paid_fen < Bill.total_fen)
        .order_by(Bill.due_on)
    )
    open_bills: dict[tuple[int, str], list[tuple[date, int]]] = {}
    for tenant_id, name, due_on, owed_fen in rows:
        open_bills.setdefault((tenant_id, name), []).append((due_on, owed_fen))
    found = [
        Debtor(
            tenant_id,
            name,
            len(bills),
            sum(owed for _, owed in bills),
            sum(owed for due_on, owed in bills if due_on < today),
            bills[0][0],
        )
        for (tenant_id, name), bills in open_bills.items()
    ]
    return sorted(found, key=lambda debtor: (debtor.oldest_due_on, -debtor.owed_fen))
