"""Meters (水表, 电表), their readings, and the prices."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class MeterKind(StrEnum):
    """What is measured; the value is what people say."""

    WATER = "水"
    ELECTRICITY = "电"


class Meter(Base):
    """A meter of a unit. `digits`: places before the decimal point, None when unknown (then no rollover is accepted).

    walk_no: its place on the reader's round through the building, None where floor and unit tell it.
    """

    __tablename__ = "meter"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[MeterKind]
    multiplier: Mapped[Decimal]
    digits: Mapped[int | None]
    walk_no: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)


class MeterChange(Base):
    """A meter was replaced: the old one's last and the new one's first value, with their multipliers."""

    __tablename__ = "meter_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    meter_id: Mapped[int] = mapped_column(ForeignKey("meter.id"), index=True)
    changed_on: Mapped[date]
    old_final: Mapped[Decimal]
    old_multiplier: Mapped[Decimal]
    new_first: Mapped[Decimal]
    new_multiplier: Mapped[Decimal]
    entered_by: Mapped[str]


class Reading(Base):
    """The value of a meter at the cut-off of a month ("2026-03": the 20th of March) [manual flow chart].

    doubts: questions that were asked about it; `confirmed` once somebody stood by the value.
    rollover: somebody confirmed that the counter went past its last digit.
    estimated: nobody could read it; a person put in a likely value (估), which the next real reading settles.
    bill_id: the bill that charged it; from then on it does not change.
    settled: charged before this software was used: part of the history, never billed here.
    """

    __tablename__ = "reading"
    __table_args__ = (UniqueConstraint("meter_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meter_id: Mapped[int] = mapped_column(ForeignKey("meter.id"))
    month: Mapped[str] = mapped_column(index=True)
    value: Mapped[Decimal]
    read_at: Mapped[datetime]
    entered_by: Mapped[str]
    doubts: Mapped[list[str]]
    confirmed: Mapped[bool]
    rollover: Mapped[bool] = mapped_column(default=False)
    estimated: Mapped[bool] = mapped_column(default=False)
    bill_id: Mapped[int | None] = mapped_column(ForeignKey("bill.id"), index=True)
    settled: Mapped[bool] = mapped_column(default=False)

    @property
    def subject(self) -> str:
        """The name other tables use for it."""
        return f"reading:{self.id}"


class ReadingCorrection(Base):
    """A reading was entered wrong and put right before it was billed. Each counts against the accuracy of entry
    [manual ¶5.5: 录入准确率 99%].

    in_question: we had asked about the old value ourselves, so that the question caught it.
    """

    __tablename__ = "reading_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id"), index=True)
    month: Mapped[str] = mapped_column(index=True)
    old_value: Mapped[Decimal]
    new_value: Mapped[Decimal]
    old_entered_by: Mapped[str]
    old_read_at: Mapped[datetime]
    corrected_by: Mapped[str]
    corrected_at: Mapped[datetime]
    in_question: Mapped[bool]


class Handover(Base):
    """The value of a meter at the end of the day on which its unit changed hands (交接读数) [practice].

    bill_id: the bill that charged the usage up to here.
    """

    __tablename__ = "handover"
    __table_args__ = (UniqueConstraint("meter_id", "handed_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meter_id: Mapped[int] = mapped_column(ForeignKey("meter.id"))
    handed_on: Mapped[date]
    value: Mapped[Decimal]
    entered_by: Mapped[str]
    bill_id: Mapped[int | None] = mapped_column(ForeignKey("bill.id"), index=True)


class Tariff(Base):
    """A price from a day on. `code`: "水", "电" or another item of the price list; `price_yuan` per `per`."""

    __tablename__ = "tariff"
    __table_args__ = (UniqueConstraint("code", "from_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    price_yuan: Mapped[Decimal]
    per: Mapped[str]
    from_on: Mapped[date]
