"""Payments (收款) and which bills they went to. What is left over is the tenant's credit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Payment(Base):
    """Money received. `message_key`: the chat message that recorded it, unique, so that it is recorded once.

    receipt_sha256: the 收据 as it was first rendered, "" before.
    """

    __tablename__ = "payment"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    amount_fen: Mapped[int]
    method: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime]
    cashier: Mapped[str]
    message_key: Mapped[str] = mapped_column(unique=True)
    reversed_at: Mapped[datetime | None]
    reversed_by: Mapped[str] = mapped_column(default="")
    reversed_reason: Mapped[str] = mapped_column(default="")
    receipt_sha256: Mapped[str] = mapped_column(default="")


class Allocation(Base):
    """A part of a payment (or of earlier credit) that pays a bill, since `made_at`."""

    __tablename__ = "allocation"

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"), index=True)
    amount_fen: Mapped[int]
    made_at: Mapped[datetime]


class ReleasedAllocation(Base):
    """An allocation that ended because its bill was reversed: the money is the tenant's credit since `released_at`."""

    __tablename__ = "released_allocation"

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"), index=True)
    amount_fen: Mapped[int]
    made_at: Mapped[datetime]
    released_at: Mapped[datetime]


async def credit_fen(session: AsyncSession, tenant_id: int) -> int:
    """What the tenant has paid beyond its bills."""
    paid = select(func.coalesce(func.sum(Payment.amount_fen), 0)).where(
        Payment.tenant_id == tenant_id, Payment.reversed_at.is_(None)
    )
    used = (
        select(func.coalesce(func.sum(Allocation.amount_fen), 0))
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Payment.tenant_id == tenant_id, Payment.reversed_at.is_(None))
    )
    return int(await session.scalar(paid) or 0) - int(await session.scalar(used) or 0)


async def latest_payment(session: AsyncSession, tenant_id: int) -> Payment | None:
    """The tenant's newest payment that was not taken back."""
    found: Payment | None = await session.scalar(
        select(Payment)
        .where(Payment.tenant_id == tenant_id, Payment.reversed_at.is_(None))
        .order_by(Payment.received_at.desc(), Payment.id.desc())
        .limit(1)
    )
    return found
