"""The month's readings as a spreadsheet: what is handed out to be filled in, and what comes back over the page.

Each filled-in row goes the same way as a line in chat (models.fees.reading_intake).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.errors import UserError
from models.fees.bill_lines import plain
from models.fees.meter import Meter, MeterKind, Reading
from models.fees.meter_book import cut_off, load_books
from models.fees.reading_intake import Intake
from models.fees.reading_lines import LineProblem, ParsedReadings, ReadingLine
from models.fees.walking import walking_key
from models.imports.cells import Cells
from models.imports.sheet import Column
from models.people.unit import Unit

VALUE = "本次读数"
COLUMNS = (
    Column("表号", ("表计编号", "表编号", "编号"), required=False),
    Column("单元", ("单元号", "房号", "房间号"), required=False),
    Column("类型", ("表类型", "种类"), required=False),
    Column(VALUE, ("读数", "本月读数", "表底", "本期读数")),
)
KINDS = {
    "水": MeterKind.WATER, "水表": MeterKind.WATER, "冷水": MeterKind.WATER,
    "电": MeterKind.ELECTRICITY, "电表": MeterKind.ELECTRICITY,
}  # fmt: skip


def sheet_name(month: Month) -> str:
    """Names the month, so that a sheet of another month is noticed."""
    return f"抄表 {month}"


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A meter on the sheet that is handed out. value: this month's, when it was read already."""

    number: str
    building: str
    floor: str
    unit: str
    kind: str
    last: Decimal | None
    last_on: date | None
    value: Decimal | None


async def sheet_lines(session: AsyncSession, month: Month) -> list[SheetLine]:
    """All meters in use, in walking order."""
    found = (
        await session.execute(select(Meter, Unit).join(Unit, Unit.id == Meter.unit_id).where(Meter.active))
    ).all()
    books = await load_books(session, [meter.id for meter, _ in found])
    rows = await session.scalars(select(Reading).where(Reading.month == str(month)))
    read = {row.meter_id: row.value for row in rows if not row.estimated}
    lines = []
    for meter, unit in sorted(found, key=lambda row: walking_key(row[0], row[1])):
        last = books[meter.id].before(cut_off(month))
        lines.append(
            SheetLine(
                meter.number, unit.building, unit.floor, unit.code, f"{meter.kind}表",
                last.value if last else None, last.on if last else None, read.get(meter.id),
            )
        )  # fmt: skip
    return lines


@dataclass(frozen=True, slots=True)
class BadLine:
    """A row that was not taken. row: as the spreadsheet counts."""

    row: int
    meter: str
    value: str
    reason: str


@dataclass(slots=True)
class Outcome:
    """What became of a file, as the page shows it. doubtful: (meter, value, what is asked)."""

    stored: int = 0
    unchanged: int = 0
    corrected: int = 0
    baselines: int = 0
    doubtful: list[list[str]] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)

    @classmethod
    def of(cls, intake: Intake, rows: Mapping[int, Mapping[str, object]]) -> Outcome:
        """rows: the cells of each row by its number."""
        return cls(
            stored=intake.stored,
            unchanged=intake.unchanged,
            corrected=len(intake.corrected),
            baselines=intake.baselines,
            doubtful=[
                [asked.label, plain(asked.value), " ".join(asked.doubts)] for asked in intake.questions
            ],
            bad=[bad_line(each.position, rows[each.position], each.reason) for each in intake.problems],
        )

    @property
    def summary(self) -> str:
        """The numbers in one sentence."""
        counts = [
            (self.unchanged, "与已记相同"), (self.corrected, "其中更正"), (self.baselines, "首次读数（不计费）"),
            (len(self.doubtful), "待确认"),
        ]  # fmt: skip
        more = "".join(f"，{word} {count} 条" for count, word in counts if count)
        return f"已记 {self.stored} 条{more}，未记 {len(self.bad)} 行。"

    def to_json(self) -> dict[str, Any]:
        """A JSON-able dict."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Outcome:
        """The inverse of `to_json`."""
        return cls(**{**data, "bad": [BadLine(**line) for line in data.get("bad", ())]})


def bad_line(row: int, values: Mapping[str, object], reason: str) -> BadLine:
    """A row as it was, within bounds."""
    number, unit, kind, value = (_shown(values.get(column.name)) for column in COLUMNS)
    return BadLine(row, number or f"{unit} {kind}".strip(), value, reason)


def _shown(value: object) -> str:
    return "" if value is None else str(value)[:60]


def parse_rows(rows: Sequence[tuple[int, Mapping[str, object]]], month: Month) -> ParsedReadings:
    """Filled-in rows as lines of the intake; rows without a value are left out, those that make no sense complained of."""
    parsed = ParsedReadings(month)
    for number, values in rows:
        cells = Cells(values)
        try:
            value = cells.number(VALUE)
            if value is not None:
                parsed.lines.append(reading_line(number, cells, value))
        except UserError as refusal:
            parsed.problems.append(LineProblem(number, "", str(refusal)))
    return parsed


def reading_line(position: int, cells: Cells, value: Decimal) -> ReadingLine:
    """The meter a row means, by its number or by unit and kind. Raises UserError."""
    if value < 0:
        raise UserError(f"读数 {value} 不能是负数，请核对。")
    number = cells.plain("表号")
    if number:
        return ReadingLine(position, number, number, None, value)
    unit, kind = cells.plain("单元"), KINDS.get(cells.text("类型"))
    if not unit or kind is None:
        raise UserError("请填表号，或填单元和类型（水、电）。")
    return ReadingLine(position, f"{unit} {kind}", unit, kind, value)
