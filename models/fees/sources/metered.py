"""水费 and 电费: every stretch between two readings that is not charged yet, up to the month's cut-off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.database import one_of
from models.fees.bill import Bill, BillLine, BillRun, BillStatus
from models.fees.bill_lines import DraftLine, plain
from models.fees.meter import Handover, Reading
from models.fees.meter_book import MeterBook, load_books
from models.fees.metering import Usage
from models.fees.occupancy import stays_by_unit
from models.fees.sources.marks import mark, unmark
from models.fees.sources.metered_lines import CODES, metered_lines
from models.fees.sources.open_books import LOOK_BACK, open_books
from models.fees.sources.source import ChargedLine, Found, LineSource, Scope
from models.fees.tariff import PriceList, load_tariffs
from models.people.tenant import Tenancy

_WINDOW = 2000


def tenants(month: Month) -> Select[int]:
    """Whoever rents something, or has left not long ago."""
    return select(Tenancy.tenant_id).where(
        Tenancy.start_on <= month.last_day,
        or_(Tenancy.end_on.is_(None), Tenancy.end_on >= month.plus(-LOOK_BACK).first_day),
    )


async def find(session: AsyncSession, scope: Scope) -> Found:
    """The lines of all meters in units these tenants rent or have rented."""
    units = (
        tenants(scope.month).with_only_columns(Tenancy.unit_id).where(Tenancy.tenant_id.in_(scope.tenant_ids))
    )
    books = await open_books(session, units, scope.month)
    stays = await stays_by_unit(session, units)
    prices = PriceList(await load_tariffs(session))
    lines: list[DraftLine] = []
    gaps: list[str] = []
    for book in books.values():
        found, missing = metered_lines(book, stays[book.unit.id], prices, scope.month)
        lines.extend(found)
        gaps.extend(missing)
    return Found(lines, gaps)


async def stale(session: AsyncSession, run: BillRun) -> str:
    """Readings may have been corrected since the draft was computed. Looked at in windows: a run may be large."""
    changed: set[str] = set()
    after = 0
    while window := await _drafted(session, run, after):
        after = window[-1][0]
        books = await load_books(session, {source["meter_id"] for _, source in window})
        changed |= {source["meter"] for _, source in window if not _holds(books[source["meter_id"]], source)}
    return f"出账后读数有变动：{'、'.join(sorted(changed)[:5])}等" if changed else ""


async def _drafted(session: AsyncSession, run: BillRun, after: int) -> list[tuple[int, dict[str, Any]]]:
    """The next drafted lines: id and what they were computed from."""
    rows = await session.execute(
        select(BillLine.id, BillLine.source)
        .join(Bill, Bill.id == BillLine.bill_id)
        .where(
            BillLine.id > after,
            Bill.run_id == run.id,
            Bill.status == BillStatus.DRAFT,
            BillLine.code.in_(CODES.values()),
        )
        .order_by(BillLine.id)
        .limit(_WINDOW)
    )
    return [(line_id, source) for line_id, source in rows]


def _holds(book: MeterBook, source: dict[str, Any]) -> bool:
    """Whether the stretch still says what the draft line was computed from."""
    end = source["to"]
    for stretch in book.stretches():
        if (stretch.end.table, stretch.end.id) == (end["table"], end["id"]):
            used = book.usage(stretch.start, stretch.end)
            same = isinstance(used, Usage) and plain(used.quantity) == source.get(
                "stretch_usage", source["usage"]
            )
            return same and not stretch.end.charged
    return False


async def charge(session: AsyncSession, lines: Sequence[ChargedLine]) -> None:
    """The readings belong to their bills from now on, so that nothing is charged twice."""
    for table, name in ((Reading, "reading"), (Handover, "handover")):
        ends = [(line.source["to"], line.bill_id) for line in lines]
        await mark(session, table, {end["id"]: bill_id for end, bill_id in ends if end["table"] == name})
    await _close_overtaken(session, lines)


async def _close_overtaken(session: AsyncSession, lines: Sequence[ChargedLine]) -> None:
    """A reading still in question, whose days are now charged by a later one, is settled with it."""
    later = {
        line.source["meter_id"]: (line.source["to"]["on"][:7], line.bill_id)
        for line in sorted(lines, key=lambda line: line.source["to"]["on"])
    }
    rows = await session.execute(
        select(Reading.id, Reading.meter_id, Reading.month).where(
            one_of(session, Reading.meter_id, later), Reading.bill_id.is_(None), ~Reading.confirmed
        )
    )
    overtaken = {key: later[meter_id][1] for key, meter_id, month in rows if month < later[meter_id][0]}
    await mark(session, Reading, overtaken)


async def release(session: AsyncSession, bill_ids: Sequence[int]) -> None:
    """They may be corrected and charged again."""
    await unmark(session, Reading, bill_ids)
    await unmark(session, Handover, bill_ids)


METERED = LineSource(
    "metered", tuple(CODES.values()), tenants=tenants, find=find, stale=stale, charge=charge, release=release
)
