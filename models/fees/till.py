"""The till: every movement of money a cashier made, by day, and the closing of that day (日结) [domain §9].

An entry never changes. It belongs to the first day its cashier has not closed, so that a closed day stays as it was
counted: what happens later goes to another day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.clock import local_date
from models.people.staff import Staff


class Movement(StrEnum):
    """What moved the money. The value is what people read."""

    PAYMENT = "收款"
    REVERSAL = "冲正"
    REFUND = "退款"
    REFUND_BACK = "退款撤销"
    DEPOSIT = "收押金"
    DEPOSIT_BACK = "退押金"


OF_ACCOUNTS = (Movement.PAYMENT, Movement.REVERSAL, Movement.REFUND, Movement.REFUND_BACK)
"""Movements on tenants' accounts; a deposit is none of their credit."""


class TillEntry(Base):
    """One movement; `amount_fen` is negative when money went out. number: of the payment or refund."""

    __tablename__ = "till_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    cashier: Mapped[str] = mapped_column(index=True)
    day: Mapped[date] = mapped_column(index=True)
    at: Mapped[datetime]
    movement: Mapped[Movement]
    number: Mapped[str]
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"))
    method: Mapped[str]
    reference: Mapped[str]
    amount_fen: Mapped[int]


class DayClose(Base):
    """A cashier's day, counted and locked. totals: method → 分. sha256: of the 日结单, "" until it is rendered."""

    __tablename__ = "day_close"
    __table_args__ = (UniqueConstraint("cashier", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    cashier: Mapped[str]
    day: Mapped[date] = mapped_column(index=True)
    closed_at: Mapped[datetime]
    totals: Mapped[dict[str, Any]]
    cash_fen: Mapped[int]
    counted_fen: Mapped[int]
    difference_reason: Mapped[str]
    sha256: Mapped[str] = mapped_column(default="")


@dataclass(frozen=True, slots=True)
class MethodSum:
    """A day's movements by one method: what came in, what went out again, and how often. Nothing is left out."""

    method: str
    count: int
    in_fen: int
    out_fen: int

    @property
    def net_fen(self) -> int:
        """What must be there in the evening."""
        return self.in_fen - self.out_fen


async def lock_till(session: AsyncSession, cashier: str) -> None:
    """Waits until nobody else moves this cashier's day. Taken after the accounts and before any number."""
    userid = cashier.removeprefix("staff:")
    await session.execute(select(Staff.id).where(Staff.userid == userid).with_for_update(key_share=True))


async def till_day(session: AsyncSession, cashier: str, now: datetime) -> date:
    """The day a movement made now belongs to: today, or the first day after that is not closed."""
    today = local_date(now)
    last = await session.scalar(
        select(func.max(DayClose.day)).where(DayClose.cashier == cashier, DayClose.day >= today)
    )
    return last + timedelta(days=1) if last else today


async def note_in_till(session: AsyncSession, cashier: str, now: datetime, **fields: Any) -> TillEntry:
    """Writes a movement down; the caller holds the till's lock."""
    entry = TillEntry(cashier=cashier, at=now, day=await till_day(session, cashier, now), **fields)
    session.add(entry)
    await session.flush()
    return entry


async def entries_of(session: AsyncSession, cashier: str | None, day: date) -> list[TillEntry]:
    """The day's movements in order; cashier None for everybody's."""
    query = select(TillEntry).where(TillEntry.day == day).order_by(TillEntry.id)
    return list(await session.scalars(query.where(TillEntry.cashier == cashier) if cashier else query))


def by_method(entries: Sequence[TillEntry]) -> list[MethodSum]:
    """Sums, in the order in which the methods appear."""
    found: dict[str, list[int]] = {}
    for entry in entries:
        found.setdefault(entry.method, []).append(entry.amount_fen)
    return [
        MethodSum(method, len(amounts), sum(a for a in amounts if a > 0), -sum(a for a in amounts if a < 0))
        for method, amounts in found.items()
    ]
