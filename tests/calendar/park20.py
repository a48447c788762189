"""The sample park with its twenty companies, as its workbook states it, and the import that puts it in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from bot.config import Config
from bot.sample.park import write_sample_park
from bot.sheets.importing import import_workbook
from models.database import Database
from tests.fakes.world import START, Build


@dataclass(frozen=True, slots=True)
class Rent:
    """A row of the sheet of tenants; units that are only owned are left out."""

    tenant: str
    unit: str
    start_on: date
    end_on: date | None
    price_yuan: Decimal

    def covers(self, day: date) -> bool:
        """Whether the unit is rented out by this row on that day."""
        return self.start_on <= day and (self.end_on is None or day <= self.end_on)


@dataclass(frozen=True, slots=True)
class Dial:
    """A row of the sheet of meters."""

    number: str
    unit: str
    kind: str
    times: Decimal
    digits: int | None
    first: Decimal


@dataclass(frozen=True, slots=True)
class Space:
    """A row of the sheet of parking spaces. price_yuan None: as the price list says."""

    tenant: str
    price_yuan: Decimal | None
    start_on: date
    end_on: date | None

    def covers(self, day: date) -> bool:
        """Whether the space is let by this row on that day."""
        return self.start_on <= day and (self.end_on is None or day <= self.end_on)


@dataclass(frozen=True, slots=True)
class Park20:
    """What the workbook says. `debts`: tenant → (month, yuan)."""

    areas: dict[str, Decimal]
    rents: tuple[Rent, ...]
    dials: tuple[Dial, ...]
    spaces: tuple[Space, ...]
    prices_yuan: dict[str, Decimal]
    debts: dict[str, tuple[str, Decimal]]

    def renter(self, unit: str, day: date) -> str | None:
        """Who is in the unit on that day."""
        return next((r.tenant for r in self.rents if r.unit == unit and r.covers(day)), None)


def read_park(path: Path) -> Park20:
    """The facts straight from the sheets, past the import."""
    book = load_workbook(path, read_only=True)
    rows = {sheet.title: list(_rows(sheet)) for sheet in book.worksheets}
    book.close()
    return Park20(
        {str(row[0]): _exact(row[3] or 0) for row in rows["单元"]},
        tuple(
            Rent(str(row[0]), str(row[1]), _day(row[2]), _day(row[3]) if row[3] else None, _exact(row[4]))
            for row in rows["租户"]
            if row[2]
        ),
        tuple(
            Dial(str(row[0]), str(row[1]), str(row[2]), _exact(row[3]), row[4], _exact(row[5] or 0))
            for row in rows["表计"]
        ),
        tuple(
            Space(
                str(row[1]),
                _exact(row[3]) if row[3] else None,
                _day(row[4]),
                _day(row[5]) if row[5] else None,
            )
            for row in rows["车位"]
        ),
        {str(row[0]): _exact(row[1]) for row in rows["收费标准"]},
        {str(row[0]): (str(row[1]), _exact(row[2])) for row in rows["期初欠费"]},
    )


def importing(path: Path, config: Config) -> Build:
    """Writes the workbook and takes the way a site takes it in."""
    write_sample_park(path)

    async def build(db: Database) -> None:
        result = await import_workbook(db, path, config.rules(), START - timedelta(days=1))
        assert result.bad == []

    return build


def _rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    """Without the headings."""
    yield from sheet.iter_rows(min_row=2, values_only=True)


def _exact(cell: Any) -> Decimal:
    return Decimal(str(cell))


def _day(cell: Any) -> date:
    return date(cell.year, cell.month, cell.day)
