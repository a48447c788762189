"""How a month's bills came in, day by day, beside the months before: data for the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.clock import at_local, local_date
from models.kpi.collection import Billed, billed_in, end_of_due_month
from models.rules import Rules

MONTHS = 4
"""The month itself and three before it."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One month. points: (days after the first of the due month, share collected); the first of it is 0."""

    month: Month
    points: Sequence[tuple[int, float]]

    @property
    def latest(self) -> float:
        """The share at the end of the curve."""
        return self.points[-1][1] if self.points else 0.0


@dataclass(frozen=True, slots=True)
class Chart:
    """What the picture shows. curves: the month asked for first. due_day: of the due month; as_of: where it ends."""

    curves: tuple[Curve, ...]
    target: float
    due_day: int
    as_of_on: date

    @property
    def month(self) -> Month:
        """The month it is about."""
        return self.curves[0].month


async def chart_of(session: AsyncSession, month: Month, now: datetime, rules: Rules) -> Chart | None:
    """None while the month has no bills."""
    bills = await billed_in(session, month)
    if not sum(bill.fees_fen for bill in bills):
        return None
    curves = [_curve(month, bills, now)]
    for back in range(1, MONTHS):
        earlier = await billed_in(session, month.plus(-back))
        if sum(bill.fees_fen for bill in earlier):
            curves.append(_curve(month.plus(-back), earlier, now))
    due_on = max(bill.due_on for bill in bills)
    as_of_on = min(local_date(now), end_of_due_month(bills, month))
    return Chart(tuple(curves), float(rules.kpi.collection_least), due_on.day, as_of_on)


def _curve(month: Month, bills: Sequence[Billed], now: datetime) -> Curve:
    last_on = min(end_of_due_month(bills, month), local_date(now))
    zero = Month.of(end_of_due_month(bills, month)).first_day
    day, points = min(bill.issued_on for bill in bills), []
    billed = sum(bill.fees_fen for bill in bills)
    while day <= last_on:
        night = min(at_local(day + timedelta(days=1), 0), now)
        points.append(((day - zero).days, sum(bill.paid_by(night) for bill in bills) / billed))
        day += timedelta(days=1)
    return Curve(month, points)
