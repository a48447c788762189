"""The meter books a bill run needs: only the marks that still have something to charge, with the one before them.

Whole histories (models.fees.meter_book.load_books) grow by a row a month and meter; a run must not.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models.calendar.period import Month
from models.database import one_of
from models.fees.meter import Handover, Meter, MeterChange, MeterKind, Reading
from models.fees.meter_book import Mark, MeterBook, by_day, cut_off, reading_mark
from models.people.unit import Unit

LOOK_BACK = 13
"""For so many months back a late reading may still be charged, also to those who have left [practice]."""


class MeterFacts(NamedTuple):
    """What a book tells of its meter."""

    id: int
    number: str
    kind: MeterKind
    multiplier: Decimal
    digits: int | None
    active: bool


class UnitFacts(NamedTuple):
    """What a book tells of its unit."""

    id: int
    code: str


async def open_books(session: AsyncSession, unit_ids: Select[int], month: Month) -> dict[int, MeterBook]:
    """The books of all meters in these units, by meter id.

    Most need this month's and last month's reading. Where more is left open, or last month's is missing, more of the
    history is loaded: for these few meters, and no further back than late readings are charged.
    """
    books = await _empty_books(session, unit_ids)
    recent = Reading.month.in_([str(month.previous()), str(month)])
    await _put_readings(session, books, one_of(session, Reading.meter_id, books), recent)
    deep = await _deep(session, books, month)
    if deep:
        for meter_id in deep:
            books[meter_id].marks.clear()
        await _put_readings(session, books, one_of(session, Reading.meter_id, deep), _since(month))
    await _put_handovers(session, books, Handover.handed_on >= cut_off(month.plus(-LOOK_BACK)))
    await _put_changes(session, books)
    for book in books.values():
        book.marks.sort(key=by_day)
    return books


async def _empty_books(session: AsyncSession, unit_ids: Select[int]) -> dict[int, MeterBook]:
    rows = await session.execute(
        select(
            Meter.id, Meter.number, Meter.kind, Meter.multiplier, Meter.digits, Meter.active, Unit.id, Unit.code
        )
        .join(Unit, Unit.id == Meter.unit_id)
        .where(Meter.unit_id.in_(unit_ids))
        .order_by(Meter.id)
    )  # fmt: skip
    return {row[0]: MeterBook(MeterFacts(*row[:6]), UnitFacts(*row[6:])) for row in rows}


async def _put_readings(
    session: AsyncSession, books: dict[int, MeterBook], *which: ColumnElement[bool]
) -> None:
    rows = await session.execute(
        select(
            Reading.meter_id, Reading.confirmed, Reading.id, Reading.month, Reading.value, Reading.bill_id,
            Reading.rollover, Reading.settled, Reading.estimated,
        ).where(*which)
    )  # fmt: skip
    for meter_id, confirmed, key, month, value, bill_id, rollover, settled, estimated in rows:
        if confirmed:
            mark = reading_mark(key, month, value, bill_id, rollover, settled, estimated)
            books[meter_id].marks.append(mark)
        else:
            books[meter_id].unconfirmed.add(month)


def _since(month: Month) -> ColumnElement[bool]:
    """Readings from the first month that counts on, and the one before these."""
    first, earlier = str(month.plus(-LOOK_BACK)), aliased(Reading)
    before = select(func.max(earlier.month)).where(
        earlier.meter_id == Reading.meter_id, earlier.month < first, earlier.confirmed
    )
    return or_(Reading.month >= first, Reading.month == before.correlate(Reading).scalar_subquery())


async def _put_handovers(
    session: AsyncSession, books: dict[int, MeterBook], when: ColumnElement[bool]
) -> None:
    rows = await session.execute(
        select(Handover.meter_id, Handover.id, Handover.handed_on, Handover.value, Handover.bill_id).where(
            one_of(session, Handover.meter_id, books), when
        )
    )
    for meter_id, handover_id, on, value, bill_id in rows:
        books[meter_id].marks.append(Mark("handover", handover_id, on, value, bill_id))


async def _put_changes(session: AsyncSession, books: dict[int, MeterBook]) -> None:
    for change in await session.scalars(
        select(MeterChange)
        .where(one_of(session, MeterChange.meter_id, books))
        .order_by(MeterChange.changed_on, MeterChange.id)
    ):
        books[change.meter_id].changes.append(change)


async def _deep(session: AsyncSession, books: dict[int, MeterBook], month: Month) -> set[int]:
    """Meters for which this month's and last month's reading are not all there is to reckon with."""
    first, last = month.plus(-LOOK_BACK), str(month.previous())
    older = select(Reading.meter_id).where(
        _uncharged(Reading.bill_id),
        Reading.settled == false(),
        Reading.month < last,
        Reading.month >= str(first),
    )
    handed = select(Handover.meter_id).where(
        _uncharged(Handover.bill_id), Handover.handed_on >= cut_off(first)
    )
    unsure = [meter_id for meter_id, book in books.items() if not _anchored(book, last)]
    before = select(Reading.meter_id).where(Reading.month < last)
    return {
        *await session.scalars(older.where(one_of(session, Reading.meter_id, books))),
        *await session.scalars(handed.where(one_of(session, Handover.meter_id, books))),
        *await session.scalars(before.where(one_of(session, Reading.meter_id, unsure)).distinct()),
    }


def _uncharged(bill_id: Any) -> ColumnElement[bool]:
    """Not by the index over bill_id, as SQLite would: in the month of a bill run it holds every meter of the park."""
    return func.coalesce(bill_id, 0) == 0


def _anchored(book: MeterBook, last: str) -> bool:
    """Whether nothing before last month's reading matters: it is real and charged, or there is nothing to charge."""
    return not book.marks or any(
        [mark.month == last and mark.charged and not mark.estimated for mark in book.marks]
    )
