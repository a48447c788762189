"""Who owes what (欠费), and what a cashier took in (日结)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import at_local
from models.fees.bill import Bill, BillStatus
from models.fees.payment import Payment
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


@dataclass(frozen=True, slots=True)
class Taken:
    """What came in by one method on a day; reversed payments are counted apart."""

    method: str
    count: int
    amount_fen: int


async def day_close(session: AsyncSession, day: date, cashier: str | None) -> tuple[list[Taken], int]:
    """The day's live payments by method, and how many of the day's were reversed. cashier: None for all."""
    mine = [
        Payment.received_at >= at_local(day, 0),
        Payment.received_at < at_local(day + timedelta(days=1), 0),
    ]
    if cashier is not None:
        mine.append(Payment.cashier == cashier)
    live = await session.execute(
        select(Payment.method, func.count(), func.sum(Payment.amount_fen))
        .where(*mine, Payment.reversed_at.is_(None))
        .group_by(Payment.method)
        .order_by(Payment.method)
    )
    undone = await session.scalar(
        select(func.count(Payment.id)).where(*mine, Payment.reversed_at.is_not(None))
    )
    return [Taken(method, count, int(amount)) for method, count, amount in live], undone or 0
