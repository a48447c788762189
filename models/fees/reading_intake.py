"""Taking in meter readings: many lines at once, each stored, asked about, or sent back with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.clock import local_date
from models.errors import UserError
from models.fees.meter import Meter, Reading
from models.fees.meter_book import Mark, MeterBook, cut_off, load_books
from models.fees.meter_index import label, load_index
from models.fees.metering import Problem, ReadingProblem
from models.fees.pool_lock import POOLED, pooled_through
from models.fees.reading_checks import (
    BILLED,
    ESTIMATE_BILLED,
    FROZEN,
    doubts_about,
    fits,
    meters_being_billed,
    reanchored,
)
from models.fees.reading_corrections import note_correction
from models.fees.reading_lines import LineProblem, ParsedReadings, ReadingLine, parse_readings
from models.people.tenant import Tenancy
from models.rules import Rules


@dataclass(frozen=True, slots=True)
class Question:
    """A reading that was stored but waits for somebody to stand by it. photos: of the dial, that came with it."""

    reading_id: int
    label: str
    value: Decimal
    doubts: list[str]
    photos: int = 0


@dataclass(slots=True)
class Intake:
    """What became of each line. corrected: (meter number, value before, value now).

    reanchored: late ones, and what they change in the usage of the reading after them.
    """

    month: Month
    stored: int = 0
    unchanged: int = 0
    baselines: int = 0
    questions: list[Question] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)
    corrected: list[tuple[str, str, str]] = field(default_factory=list)
    reanchored: list[str] = field(default_factory=list)

    def add(self, other: Intake) -> None:
        """What became of more lines of the same month."""
        self.stored += other.stored
        self.unchanged += other.unchanged
        self.baselines += other.baselines
        self.questions += other.questions
        self.problems += other.problems
        self.corrected += other.corrected
        self.reanchored += other.reanchored


@dataclass(slots=True)
class _Desk:
    """What taking one line needs to know; read once for all lines. asked: meters whose reading is in question."""

    month: Month
    by: str
    now: datetime
    rules: Rules
    books: dict[int, MeterBook]
    rows: dict[int, Reading]
    frozen: set[int]
    pooled: dict[int, date]
    occupied: set[int]
    asked: dict[int, MeterBook] = field(default_factory=dict)

    @property
    def on(self) -> date:
        return cut_off(self.month)


async def take_readings(session: AsyncSession, text: str, *, by: str, now: datetime, rules: Rules) -> Intake:
    """Stores what can be stored.

    Without a month named, readings count for the month in which they are given [practice].

    Raises: UserError when nothing is there to read, or the month lies ahead.
    """
    parsed = parse_readings(text, local_date(now))
    if not parsed.lines and not parsed.problems:
        raise UserError("没有看到读数。请每行写一块表，例如：A-1203 电 15820.5")
    return await take_parsed(session, parsed, by=by, now=now, rules=rules)


async def take_parsed(
    session: AsyncSession, parsed: ParsedReadings, *, by: str, now: datetime, rules: Rules
) -> Intake:
    """The same for lines that were read from chat or from a sheet: whatever way they come, they are judged alike.

    Raises: UserError when the month lies ahead.
    """
    month = parsed.month or Month.of(local_date(now))
    _check_month(month, local_date(now))
    intake = Intake(month, problems=list(parsed.problems))
    pairs = await _resolve(session, parsed, intake)
    desk = await _desk(session, month, [meter for _, meter in pairs], by=by, now=now, rules=rules)
    for line, meter in pairs:
        await _take(session, desk, line, desk.books[meter.id], intake)
    await session.flush()  # gives new readings their ids
    intake.questions = [_question(desk.rows[meter_id], book) for meter_id, book in desk.asked.items()]
    intake.problems.sort(key=lambda problem: problem.position)
    return intake


def _check_month(month: Month, today: date) -> None:
    if month > Month.of(today):
        raise UserError(f"{month.label}还没有到，请核对月份。")


async def _resolve(
    session: AsyncSession, parsed: ParsedReadings, intake: Intake
) -> list[tuple[ReadingLine, Meter]]:
    """Each line with its meter; lines that mean no meter become problems."""
    index = await load_index(session)
    pairs = []
    for line in parsed.lines:
        found = index.find(line.who, line.kind)
        if isinstance(found, str):
            intake.problems.append(LineProblem(line.position, line.text, found))
        else:
            pairs.append((line, found))
    return pairs


async def _desk(
    session: AsyncSession, month: Month, meters: list[Meter], *, by: str, now: datetime, rules: Rules
) -> _Desk:
    ids = {meter.id for meter in meters}
    rows = await session.scalars(
        select(Reading).where(Reading.meter_id.in_(ids), Reading.month == str(month)).with_for_update()
    )
    return _Desk(
        month=month,
        by=by,
        now=now,
        rules=rules,
        rows={row.meter_id: row for row in rows},
        books=await load_books(session, ids),
        frozen=await meters_being_billed(session),
        pooled=await pooled_through(session),
        occupied=await _occupied(session, {meter.unit_id for meter in meters}, cut_off(month)),
    )


async def _occupied(session: AsyncSession, unit_ids: set[int], on: date) -> set[int]:
    return set(
        await session.scalars(
            select(Tenancy.unit_id)
            .where(Tenancy.unit_id.in_(unit_ids), Tenancy.start_on <= on)
            .where((Tenancy.end_on.is_(None)) | (Tenancy.end_on >= on))
        )
    )


async def _take(
    session: AsyncSession, desk: _Desk, line: ReadingLine, book: MeterBook, intake: Intake
) -> None:
    row = desk.rows.get(book.meter.id)
    if row and row.value == line.value and not row.estimated:
        intake.unchanged += 1
    else:
        problem = _refusal(desk, row, book, line.value)
        if problem is not None:
            intake.problems.append(LineProblem(line.position, line.text, problem))
            return
        if row:
            await session.flush()  # the same meter twice in one message: the first line has no id yet
            note_correction(session, row, line.value, desk.by, desk.now)
            intake.corrected.append((book.meter.number, f"{row.value:f}", f"{line.value:f}"))
        if moved := reanchored(book, desk.on, line.value):
            intake.reanchored.append(f"{label(book.meter, book.unit)}：{moved}")
        row = desk.rows[book.meter.id] = _store(session, desk, row, book, line.value)
        intake.stored += 1
        intake.baselines += book.before(desk.on) is None
    if row.confirmed:
        desk.asked.pop(book.meter.id, None)
    else:
        desk.asked[book.meter.id] = book


def _question(row: Reading, book: MeterBook) -> Question:
    return Question(row.id, label(book.meter, book.unit), row.value, list(row.doubts))


def _refusal(desk: _Desk, row: Reading | None, book: MeterBook, value: Decimal) -> str | None:
    """Why the value can not stand, None when it can."""
    if row and (row.bill_id or row.settled):
        return ESTIMATE_BILLED if row.estimated else BILLED
    if book.meter.id in desk.frozen:
        return FROZEN
    if desk.on <= desk.pooled.get(book.meter.id, date.min):
        return POOLED
    problem = fits(book, Mark("reading", 0, desk.on, value, None, str(desk.month)))
    return f"{problem.text}{_way_out(problem, book)}" if problem else None


def _way_out(problem: ReadingProblem, book: MeterBook) -> str:
    if problem.problem is not Problem.LOWER:
        return ""
    number = book.meter.number
    return f"换表请发“抄表 换表 {number} 旧止 … 新起 …”，走满归零请发“抄表 翻转 {number} 读数”。"


def _store(
    session: AsyncSession, desk: _Desk, row: Reading | None, book: MeterBook, value: Decimal
) -> Reading:
    doubts = doubts_about(book, desk.on, value, book.unit.id in desk.occupied, desk.rules)
    if row is None:
        row = Reading(meter_id=book.meter.id, month=str(desk.month))
        session.add(row)
    row.value, row.read_at, row.entered_by = value, desk.now, desk.by
    row.rollover = row.estimated = False
    row.doubts, row.confirmed = doubts, not doubts
    return row
