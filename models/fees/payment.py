"""Payments (收款), which bills they went to, and refunds (退款). What is left over is the tenant's credit (预存)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.rules.money import CHEQUE


class Cheque(StrEnum):
    """received → cleared | bounced [practice]. The value is what people read."""

    RECEIVED = "待到账"
    CLEARED = "已到账"
    BOUNCED = "已退票"


class ReversalCode(StrEnum):
    """Why a payment was taken back. ENTRY counts as a correction in the KPI of entry accuracy [manual 5.x]."""

    ENTRY = "录入错误"
    BOUNCED = "支票退票"
    RETURNED = "银行退回"
    OTHER = "其他"


class Payment(Base):
    """Money received. `message_key`: the chat message that recorded it, unique, so that it is recorded once.

    named: bills the payer named, in that order. payer: the name on the bank's statement, "" at the counter.
    bank_line_id: the line of the statement that shows it. cheque, cheque_at: its state and since when.
    receipt_sha256: the 收据 as it was first rendered, "" before.
    """

    __tablename__ = "payment"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    amount_fen: Mapped[int]
    method: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    payer: Mapped[str] = mapped_column(default="")
    named: Mapped[list[int]] = mapped_column(default=list)
    bank_line_id: Mapped[int | None] = mapped_column(ForeignKey("bank_line.id"), index=True)
    cheque: Mapped[Cheque | None]
    cheque_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    cashier: Mapped[str]
    message_key: Mapped[str] = mapped_column(unique=True)
    reversed_at: Mapped[datetime | None]
    reversed_by: Mapped[str] = mapped_column(default="")
    reversed_reason: Mapped[str] = mapped_column(default="")
    reversal_code: Mapped[ReversalCode | None]
    receipt_sha256: Mapped[str] = mapped_column(default="")

    @property
    def is_money(self) -> bool:
        """Whether the money is really there: not taken back, and no cheque that may still bounce."""
        return self.reversed_at is None and self.cheque is not Cheque.RECEIVED


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


class Refund(Base):
    """Credit given back. payee: whom it went to; bank_line_id: the line of the statement that shows it."""

    __tablename__ = "refund"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    amount_fen: Mapped[int]
    method: Mapped[str]
    payee: Mapped[str]
    reason: Mapped[str]
    refunded_at: Mapped[datetime]
    by: Mapped[str]
    message_key: Mapped[str] = mapped_column(unique=True)
    bank_line_id: Mapped[int | None] = mapped_column(ForeignKey("bank_line.id"), index=True)
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str] = mapped_column(default="")
    cancelled_reason: Mapped[str] = mapped_column(default="")


class RefundPart(Base):
    """The part of a refund that came out of one payment."""

    __tablename__ = "refund_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    refund_id: Mapped[int] = mapped_column(ForeignKey("refund.id"), index=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    amount_fen: Mapped[int]


def cheque_state(method: str) -> Cheque | None:
    """The state a payment by that method begins in."""
    return Cheque.RECEIVED if method == CHEQUE else None


async def credit_fen(session: AsyncSession, tenant_id: int) -> int:
    """What the tenant has paid beyond its bills and not been given back."""
    live = (Payment.tenant_id == tenant_id, Payment.reversed_at.is_(None))
    paid = select(func.coalesce(func.sum(Payment.amount_fen), 0)).where(*live)
    used = select(func.coalesce(func.sum(Allocation.amount_fen), 0)).join(
        Payment, Payment.id == Allocation.payment_id
    )
    returned = (
        select(func.coalesce(func.sum(RefundPart.amount_fen), 0))
        .join(Payment, Payment.id == RefundPart.payment_id)
        .join(Refund, Refund.id == RefundPart.refund_id)
        .where(Refund.cancelled_at.is_(None))
    )
    sums = [await session.scalar(query) or 0 for query in (paid, used.where(*live), returned.where(*live))]
    return int(sums[0]) - int(sums[1]) - int(sums[2])


async def latest_payment(session: AsyncSession, tenant_id: int) -> Payment | None:
    """The tenant's newest payment that was not taken back."""
    found: Payment | None = await session.scalar(
        select(Payment)
        .where(Payment.tenant_id == tenant_id, Payment.reversed_at.is_(None))
        .order_by(Payment.received_at.desc(), Payment.id.desc())
        .limit(1)
    )
    return found
