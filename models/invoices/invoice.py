"""Invoices (发票): what a tenant wants printed on them, applications, and which payments they are for.

A receipt is no invoice. No part of a payment is ever on two invoices: the live parts of a payment never exceed what
of it went to bills when they were applied for.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class InvoiceState(StrEnum):
    """applied → issued → to be reversed → reversed | applied → cancelled. The value is what people read."""

    APPLIED = "待开票"
    ISSUED = "已开票"
    TO_REVERSE = "待红冲"
    REVERSED = "已红冲"
    CANCELLED = "已撤销"

    @property
    def counts(self) -> bool:
        """Whether its parts are taken: a cancelled or reversed invoice frees the payment for another."""
        return self in (InvoiceState.APPLIED, InvoiceState.ISSUED, InvoiceState.TO_REVERSE)


class InvoiceTitle(Base):
    """What a tenant's invoices say, asked once and kept. email: "" when none is wanted."""

    __tablename__ = "invoice_title"

    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    title: Mapped[str]
    tax_number: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class Invoice(Base):
    """One invoice from the application on. title, tax_number, email: as they stood when it was applied for.

    invoice_number, invoiced_on: as printed. file_sha256: of the file, "" while there is none. red_number: of the
    red-letter invoice (红字发票).
    """

    __tablename__ = "invoice"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    amount_fen: Mapped[int]
    title: Mapped[str]
    tax_number: Mapped[str]
    email: Mapped[str]
    state: Mapped[InvoiceState] = mapped_column(index=True)
    applied_by: Mapped[str]
    applied_at: Mapped[datetime]
    invoice_number: Mapped[str | None] = mapped_column(unique=True)
    invoiced_on: Mapped[date | None]
    file_sha256: Mapped[str] = mapped_column(default="")
    file_name: Mapped[str] = mapped_column(default="")
    issued_by: Mapped[str] = mapped_column(default="")
    issued_at: Mapped[datetime | None]
    reverse_reason: Mapped[str] = mapped_column(default="")
    red_number: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]

    @property
    def subject(self) -> str:
        """The name other tables use for it."""
        return f"invoice:{self.id}"


class InvoicePart(Base):
    """The part of a payment an invoice is for."""

    __tablename__ = "invoice_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    amount_fen: Mapped[int]
