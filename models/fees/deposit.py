"""Deposits (押金): money held for a tenant and given back. A liability, never income."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

DEPOSIT = "deposit"
"""The code of its lines: what counts income, billed or collected, leaves these out."""


class Deposit(Base):
    """A deposit asked for: put on the bill of its month, or taken at the counter.

    bill_id: the issued bill it stands on. received_at, taken_by: when and by whom it was taken at the counter, None
    and "" for one that is billed.
    number: of the counter's receipt, None while there is none. message_key: what entered it, so that it is entered once.
    """

    __tablename__ = "deposit"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str]
    amount_fen: Mapped[int]
    month: Mapped[str] = mapped_column(index=True)
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    message_key: Mapped[str] = mapped_column(unique=True)
    bill_id: Mapped[int | None] = mapped_column(ForeignKey("bill.id"), index=True)
    number: Mapped[str | None] = mapped_column(unique=True)
    method: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime | None]
    taken_by: Mapped[str] = mapped_column(default="")


class DepositRefund(Base):
    """A deposit, or a part of it, given back: when, by whom, how and why. It is no credit and pays no bill."""

    __tablename__ = "deposit_refund"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    deposit_id: Mapped[int] = mapped_column(ForeignKey("deposit.id"), index=True)
    amount_fen: Mapped[int]
    method: Mapped[str]
    reason: Mapped[str]
    refunded_by: Mapped[str]
    refunded_at: Mapped[datetime]
    message_key: Mapped[str] = mapped_column(unique=True)
