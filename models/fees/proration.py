"""物业服务费 of a month, or of the part of it that was let."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.calendar.period import Month
from models.fees.money import round_half_up


@dataclass(frozen=True, slots=True)
class ProratedFee:
    """An amount with what it was computed from, so that it can be explained."""

    days_charged: int
    days_in_month: int
    amount_fen: int


def property_fee_fen(
    area: Decimal, price_yuan: Decimal, month: Month, start: date | None, end: date | None
) -> ProratedFee:
    """Chargeable area (m²) × price (yuan per m² and month), by actual days in a part month [practice].

    start, end: first and last day charged, both included; None: open.
    Multiplied first and rounded once, half up.
    """
    if area < 0 or price_yuan < 0:
        raise ValueError("area and price can not be negative")
    days = _days_charged(month, start, end)
    amount = area * price_yuan * 100 * days / month.days
    return ProratedFee(days, month.days, round_half_up(amount))


def _days_charged(month: Month, start: date | None, end: date | None) -> int:
    first = max(month.first_day, start or month.first_day)
    last = min(month.last_day, end or month.last_day)
    return max((last - first).days + 1, 0)
