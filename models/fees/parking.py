"""Parking spaces let by the month (月租车位)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

PARKING_TARIFF = "停车月租"
"""The item of the price list for a space that has no price of its own."""


class ParkingSpace(Base):
    """A space let to a company; both days are included. price_yuan: a month's, None: as the price list says.

    plate: "" for a space that is not tied to a car.
    """

    __tablename__ = "parking_space"
    __table_args__ = (UniqueConstraint("number", "from_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    plate: Mapped[str] = mapped_column(default="")
    price_yuan: Mapped[Decimal | None]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
