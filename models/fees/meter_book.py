"""The history of a meter as one row of marks, and the usage between any two that follow each other.

A mark is a value at the end of a day: a month's reading, or a handover reading when the unit changed hands.
The usage up to a mark is charged by the bill the mark carries; so each stretch is charged once, however late.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.fees.meter import Handover, Meter, MeterChange, Reading
from models.fees.metering import ReadingProblem, Replacement, Usage, usage
from models.people.unit import Unit

CUT_OFF_DAY = 20
"""Readings stand for this day of their month [manual flow chart: 20 日]."""


def cut_off(month: Month) -> date:
    """The day a month's readings stand for."""
    return date(month.year, month.month, CUT_OFF_DAY)


@dataclass(frozen=True, slots=True)
class Mark:
    """A value at the end of `on`. `table`: "reading" or "handover"; `month`: "" for a handover.

    settled: charged before this software was used.
    """

    table: str
    id: int
    on: date
    value: Decimal
    bill_id: int | None
    month: str = ""
    rollover: bool = False
    settled: bool = False

    @property
    def charged(self) -> bool:
        """Whether the usage up to here has been charged: then it holds still."""
        return self.bill_id is not None or self.settled


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days after `start` up to and including `end`."""

    start: Mark
    end: Mark

    @property
    def first_day(self) -> date:
        """The first day whose usage is in it."""
        return self.start.on + timedelta(days=1)


@dataclass(slots=True)
class MeterBook:
    """A meter with its marks and changes in order of time. `unconfirmed`: months whose reading is still in question."""

    meter: Meter
    unit: Unit
    marks: list[Mark] = field(default_factory=list)
    changes: list[MeterChange] = field(default_factory=list)
    unconfirmed: dict[str, Reading] = field(default_factory=dict)

    def stretches(self) -> Iterator[Stretch]:
        """From each mark to the next."""
        return (Stretch(start, end) for start, end in pairwise(self.marks))

    def before(self, on: date) -> Mark | None:
        """The last mark earlier than the day."""
        return next((mark for mark in reversed(self.marks) if mark.on < on), None)

    def after(self, on: date) -> Mark | None:
        """The first mark later than the day."""
        return next((mark for mark in self.marks if mark.on > on), None)

    def changes_in(self, after: date, until: date) -> list[MeterChange]:
        """Replacements after a day, up to another."""
        return [change for change in self.changes if after < change.changed_on <= until]

    def multiplier_on(self, day: date) -> Decimal:
        """What was in force: the next later change tells the multiplier before it."""
        later = next((change for change in self.changes if change.changed_on > day), None)
        return later.old_multiplier if later else self.meter.multiplier

    def usage(self, start: Mark | None, end: Mark) -> Usage | ReadingProblem:
        """What went through the meter between two marks, over any number of replacements."""
        value = start.value if start else None
        changes = self.changes_in(start.on, end.on) if start else []
        carried = Decimal(0)
        for change in changes[:-1]:
            part = usage(value, change.old_final, multiplier=change.old_multiplier)
            if isinstance(part, ReadingProblem):
                return part
            carried, value = carried + part.quantity, change.new_first
        last = usage(
            value,
            end.value,
            multiplier=self.multiplier_on(end.on),
            replacement=as_replacement(changes[-1]) if changes else None,
            digits=self.meter.digits,
            rollover_confirmed=end.rollover,
        )
        return last if isinstance(last, ReadingProblem) else replace(last, quantity=last.quantity + carried)

    def history(self, until: date, most: int = 6) -> list[Decimal]:
        """The usages of the stretches up to a day, oldest first."""
        found = [self.usage(each.start, each.end) for each in self.stretches() if each.end.on <= until]
        return [each.quantity for each in found if isinstance(each, Usage)][-most:]


def as_replacement(change: MeterChange) -> Replacement:
    """A stored change as the rule wants it."""
    return Replacement(
        change.changed_on, change.old_final, change.new_first, change.old_multiplier, change.new_multiplier
    )


async def load_books(session: AsyncSession, meter_ids: Iterable[int]) -> dict[int, MeterBook]:
    """The books of these meters, by meter id."""
    wanted = list(meter_ids)
    rows = await session.execute(
        select(Meter, Unit).join(Unit, Unit.id == Meter.unit_id).where(Meter.id.in_(wanted))
    )
    books = {meter.id: MeterBook(meter, unit) for meter, unit in rows}
    for change in await session.scalars(
        select(MeterChange)
        .where(MeterChange.meter_id.in_(wanted))
        .order_by(MeterChange.changed_on, MeterChange.id)
    ):
        books[change.meter_id].changes.append(change)
    for meter_id, marks in (await _handovers(session, wanted)).items():
        books[meter_id].marks.extend(marks)
    await _put_readings(session, books)
    return books


async def _handovers(session: AsyncSession, meter_ids: list[int]) -> dict[int, list[Mark]]:
    marks = defaultdict(list)
    for row in await session.scalars(select(Handover).where(Handover.meter_id.in_(meter_ids))):
        marks[row.meter_id].append(Mark("handover", row.id, row.handed_on, row.value, row.bill_id))
    return marks


async def _put_readings(session: AsyncSession, books: dict[int, MeterBook]) -> None:
    for row in await session.scalars(select(Reading).where(Reading.meter_id.in_(list(books)))):
        if row.confirmed:
            books[row.meter_id].marks.append(mark_of(row))
        else:
            books[row.meter_id].unconfirmed[row.month] = row
    for book in books.values():
        book.marks.sort(key=_by_day)


def _by_day(mark: Mark) -> tuple[date, str]:
    """On one day the handover comes before the reading."""
    return mark.on, mark.table


def mark_of(reading: Reading) -> Mark:
    """A reading as a mark at its month's cut-off."""
    year, month = map(int, reading.month.split("-"))
    on = cut_off(Month(year, month))
    return Mark(
        "reading", reading.id, on, reading.value, reading.bill_id, reading.month, reading.rollover,
        reading.settled,
    )  # fmt: skip
