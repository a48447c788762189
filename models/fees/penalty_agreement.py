"""Where a contract provides for 违约金. Without such a row there is none, whatever the settings say [law: 民法典 §585]."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class PenaltyAgreement(Base):
    """What was agreed with a company, for bills that fall due from `from_on` on.

    daily_rate: of the outstanding principal, Decimal("0.0005") for 0.5‰; 0 ends it.
    """

    __tablename__ = "penalty_agreement"
    __table_args__ = (UniqueConstraint("tenant_id", "from_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    contract_reference: Mapped[str]
    daily_rate: Mapped[Decimal]
    from_on: Mapped[date]


class PenaltyWaiver(Base):
    """Somebody who may approve let a late bill's 违约金 off: what was charged for it is given back."""

    __tablename__ = "penalty_waiver"

    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"), unique=True)
    reason: Mapped[str]
    waived_by: Mapped[str]
    waived_at: Mapped[datetime]
