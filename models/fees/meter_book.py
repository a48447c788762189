"""The history of a meter as one row of marks, and the usage between any two that follow each other.

A mark is a value at the end of a day: a month's reading, or a handover reading when the unit changed hands.
The usage up to a mark is charged by the bill the mark carries; so each stretch is charged once, however late.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise, takewhile
from typing import NamedTuple, Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.fees.meter import Handover, Meter, MeterChange, MeterKind, Reading
from models.fees.metering import ReadingProblem, Replacement, Usage, usage
from models.people.unit import Unit

CUT_OFF_DAY = 20
"""Readings stand for this day of their month [manual flow chart: 20 日]."""


def cut_off(month: Month) -> date:
    """The day a month's readings stand for."""
    return date(month.year, month.month, CUT_OFF_DAY)


class Mark(NamedTuple):
    """A value at the end of `on`. `table`: "reading" or "handover"; `month`: "" for a handover.

    settled: charged before this software was used.
    estimated: a likely value that a person put in; what it charges is settled by the next real one.
    A tuple, because a bill run makes a million of them.
    """

    table: str
    id: int
    on: date
    value: Decimal
    bill_id: int | None
    month: str = ""
    rollover: bool = False
    settled: bool = False
    estimated: bool = False

    @property
    def charged(self) -> bool:
        """Whether the usage up to here has been charged: then it holds still."""
        return self.bill_id is not None or self.settled


class Stretch(NamedTuple):
    """The days after `start` up to and including `end`."""

    start: Mark
    end: Mark


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a real value after estimates comes to.

    since: the last real mark before. whole: what has gone through since then. charged: of that, by the estimates.
    months: over how many stretches it went.
    """

    since: Mark
    whole: Decimal
    charged: Decimal
    months: int

    @property
    def rest(self) -> Decimal:
        """What is still to be charged; less than nothing when the estimates were too high."""
        return self.whole - self.charged


class KnownMeter(Protocol):
    """What a book asks of its meter: a row of the table, or a part of one."""

    @property
    def id(self) -> int: ...
    @property
    def number(self) -> str: ...
    @property
    def kind(self) -> MeterKind: ...
    @property
    def multiplier(self) -> Decimal: ...
    @property
    def digits(self) -> int | None: ...
    @property
    def active(self) -> bool: ...


class KnownUnit(Protocol):
    """What a book asks of its unit."""

    @property
    def id(self) -> int: ...
    @property
    def code(self) -> str: ...


@dataclass(slots=True)
class MeterBook:
    """A meter with its marks and changes in order of time. `unconfirmed`: months whose reading is still in question."""

    meter: KnownMeter
    unit: KnownUnit
    marks: list[Mark] = field(default_factory=list)
    changes: list[MeterChange] = field(default_factory=list)
    unconfirmed: set[str] = field(default_factory=set)

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
        if not self.changes:
            return []
        return [change for change in self.changes if after < change.changed_on <= until]

    def multiplier_on(self, day: date) -> Decimal:
        """What was in force: the next later change tells the multiplier before it."""
        if not self.changes:
            return self.meter.multiplier
        later = next((change for change in self.changes if change.changed_on > day), None)
        return later.old_multiplier if later else self.meter.multiplier

    def real_before(self, on: date) -> Mark | None:
        """The last mark earlier than the day that somebody read."""
        return next((mark for mark in reversed(self.marks) if mark.on < on and not mark.estimated), None)

    def estimates_before(self, on: date) -> int:
        """How many marks right before the day are estimates."""
        earlier = (mark for mark in reversed(self.marks) if mark.on < on)
        return sum(1 for _ in takewhile(lambda mark: mark.estimated, earlier))

    def usage(self, start: Mark | None, end: Mark) -> Usage | ReadingProblem:
        """What is to be charged between two marks that follow each other."""
        if start is None or not start.estimated or end.estimated:
            return self.through(start, end)
        settled = self.settlement(start, end)
        return settled if isinstance(settled, ReadingProblem) else Usage(settled.rest)

    def settlement(self, start: Mark, end: Mark) -> Settlement | ReadingProblem:
        """A real value after the estimate `start`."""
        since = self.real_before(start.on) or start
        whole, charged = self.through(since, end), self.through(since, start)
        if isinstance(whole, ReadingProblem):
            return whole
        if isinstance(charged, ReadingProblem):
            return charged
        return Settlement(since, whole.quantity, charged.quantity, self.estimates_before(end.on) + 1)

    def through(self, start: Mark | None, end: Mark) -> Usage | ReadingProblem:
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
        if isinstance(last, ReadingProblem) or not carried:
            return last
        return last._replace(quantity=last.quantity + carried)

    def history(self, until: date, most: int = 6) -> list[Decimal]:
        """The usages of the stretches up to a day, oldest first; estimates are told by what settled them."""
        read = [each for each in self.stretches() if each.end.on <= until and not each.end.estimated]
        found = [self.rate(each.start, each.end) for each in read]
        return [quantity for quantity in found if quantity is not None][-most:]

    def rate(self, start: Mark, end: Mark) -> Decimal | None:
        """The usage up to a real value, by the stretch; None where there is none."""
        if start.estimated:
            settled = self.settlement(start, end)
            return None if isinstance(settled, ReadingProblem) else settled.whole / settled.months
        used = self.through(start, end)
        return None if isinstance(used, ReadingProblem) else used.quantity


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
            books[row.meter_id].unconfirmed.add(row.month)
    for book in books.values():
        book.marks.sort(key=by_day)


def by_day(mark: Mark) -> tuple[date, str]:
    """On one day the handover comes before the reading."""
    return mark.on, mark.table


def mark_of(reading: Reading) -> Mark:
    """A reading as a mark at its month's cut-off."""
    return reading_mark(
        reading.id, reading.month, reading.value, reading.bill_id, reading.rollover, reading.settled,
        reading.estimated,
    )  # fmt: skip


def reading_mark(
    reading_id: int, month: str, value: Decimal, bill_id: int | None, rollover: bool, settled: bool,
    estimated: bool,
) -> Mark:  # fmt: skip
    """The same from the columns, for those who read many."""
    return Mark(
        "reading", reading_id, _cut_off_of(month), value, bill_id, month, rollover, settled, estimated
    )


@lru_cache(maxsize=1024)
def _cut_off_of(month: str) -> date:
    year, number = map(int, month.split("-"))
    return cut_off(Month(year, number))
