"""Sheet 抄表: readings of any month, the history of the time before this software too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.clock import at_local, local_date
from models.errors import UserError
from models.fees.meter import Reading
from models.fees.meter_book import Mark, MeterBook, cut_off, load_books
from models.fees.meter_index import MeterIndex, load_index
from models.fees.reading_checks import fits
from models.fees.reading_intake import take_parsed
from models.fees.reading_lines import ParsedReadings, ReadingLine
from models.imports.cells import Cells
from models.imports.reading_sheet import COLUMNS, VALUE, reading_line
from models.imports.sheet import Batch, Column, SheetForm
from models.people.unit import normal_code
from models.rules import Rules

BY = "导入"


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A reading as the sheet has it. settled: charged before this software was used; None: not said."""

    line: ReadingLine
    month: Month
    settled: bool | None

    @property
    def key(self) -> tuple[str, str, Month]:
        """One reading for each meter and month."""
        return normal_code(self.line.who), self.line.kind or "", self.month


def check(cells: Cells, rules: Rules) -> ReadingRow:
    """The row's values. Raises UserError."""
    del rules
    month, value = cells.month("月份"), cells.number(VALUE)
    if month is None or value is None:
        raise UserError("“月份”和“本次读数”都要填写。")
    return ReadingRow(reading_line(0, cells, value), month, cells.yes_or_no("已出账"))


async def save(session: AsyncSession, batch: Batch[ReadingRow]) -> list[str]:
    """In order of time: history first, it charges nothing; the rest goes the way of readings in chat."""
    reasons = [""] * len(batch.rows)
    this = Month.of(local_date(batch.now))
    taken: dict[Month, list[int]] = defaultdict(list)
    history = []
    for i, row in sorted(enumerate(batch.rows), key=lambda pair: pair[1].month):
        if row.settled is None and row.month < this.previous():
            reasons[i] = (
                f"{row.month.label}早于上月：请在“已出账”里写明 是（以前已收过费）或 否（由本系统出账）。"
            )
        elif row.settled:
            history.append(i)
        else:
            taken[row.month].append(i)
    await _save_history(session, batch, history, reasons)
    for month, places in taken.items():
        await _save_month(session, batch, month, places, reasons)
    return reasons


async def _save_month(
    session: AsyncSession, batch: Batch[ReadingRow], month: Month, places: Sequence[int], reasons: list[str]
) -> None:
    lines = [_placed(batch.rows[i].line, i) for i in places]
    try:
        intake = await take_parsed(
            session, ParsedReadings(month, lines), by=BY, now=batch.now, rules=batch.rules
        )
    except UserError as refusal:
        for i in places:
            reasons[i] = str(refusal)
        return
    for problem in intake.problems:
        reasons[problem.position] = problem.reason


def _placed(line: ReadingLine, position: int) -> ReadingLine:
    return ReadingLine(position, line.text, line.who, line.kind, line.value)


async def _save_history(
    session: AsyncSession, batch: Batch[ReadingRow], places: Sequence[int], reasons: list[str]
) -> None:
    index = await load_index(session) if places else MeterIndex([])
    for i in places:
        row = batch.rows[i]
        meter = index.find(row.line.who, row.line.kind)
        if isinstance(meter, str):
            reasons[i] = meter
            continue
        book = (await load_books(session, [meter.id]))[meter.id]
        reasons[i] = await _put_in(session, book, row)


async def _put_in(session: AsyncSession, book: MeterBook, row: ReadingRow) -> str:
    """Stores a reading that was charged elsewhere; why not, "" when it is there now."""
    month = str(row.month)
    known: Reading | None = await session.scalar(
        select(Reading).where(Reading.meter_id == book.meter.id, Reading.month == month).with_for_update()
    )
    if known is not None:
        return (
            "" if known.value == row.line.value else f"该月读数已是 {known.value:f}，请核对后由抄表员更正。"
        )
    mark = Mark("reading", 0, cut_off(row.month), row.line.value, None, month, settled=True)
    if problem := fits(book, mark):
        return problem.text
    session.add(
        Reading(
            meter_id=book.meter.id, month=month, value=row.line.value, read_at=at_local(mark.on, 9),
            entered_by=BY, doubts=[], confirmed=True, settled=True,
        )
    )  # fmt: skip
    await _settle_baseline(session, book, mark)
    await session.flush()
    return ""


async def _settle_baseline(session: AsyncSession, book: MeterBook, mark: Mark) -> None:
    """What was the first reading until now charged nothing; with a history before it, it still shall not."""
    first = book.marks[0] if book.marks else None
    if first is None or first.table != "reading" or first.charged or first.on < mark.on:
        return
    reading = await session.get_one(Reading, first.id, with_for_update=True)
    reading.settled = True


READINGS = SheetForm(
    "抄表",
    (*COLUMNS, Column("月份", ("账期", "读数月份")), Column("已出账", ("已收费", "历史"), required=False)),
    check,
    save,
)
