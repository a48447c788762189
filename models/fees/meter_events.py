"""What happens to a meter besides being read: replaced, run past its last digit, handed over, a value confirmed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.clock import local_date
from models.errors import UserError
from models.fees.meter import Handover, Meter, MeterChange, Reading
from models.fees.meter_book import Mark, MeterBook, cut_off, load_books, mark_of
from models.fees.metering import ReadingProblem
from models.fees.pool_lock import refuse_pooled
from models.fees.reading_checks import BILLED, FROZEN, fits, meters_being_billed
from models.fees.reading_corrections import note_correction
from models.people.tenant import Tenancy


async def confirm_reading(session: AsyncSession, reading_id: int) -> Reading:
    """Somebody stands by an odd value; from now on it can be billed.

    Raises: UserError.
    """
    row = await session.get(Reading, reading_id, with_for_update=True)
    if row is None:
        raise UserError("没有找到这条读数，可能已被更正。发送“抄表 待确认”查看。")
    if row.confirmed:
        raise UserError("这条读数已经确认过，无需重复。")
    book = await _book(session, row.meter_id)
    if problem := fits(book, mark_of(row)):
        raise UserError(problem.text)
    row.confirmed = True
    return row


async def replace_meter(
    session: AsyncSession,
    meter: Meter,
    *,
    old_final: Decimal,
    new_first: Decimal,
    multiplier: Decimal | None,
    on: date,
    by: str,
) -> bool:
    """Puts on record that the meter was exchanged; False when exactly this is on record already.

    multiplier: of the new meter, None when it stays.

    Raises: UserError when the values contradict what has been read or billed.
    """
    book = await _book(session, meter.id)
    known = (old_final, new_first, multiplier or meter.multiplier)
    if any((each.old_final, each.new_first, each.new_multiplier) == known for each in book.changes):
        return False
    await refuse_pooled(session, meter.id, on)
    _check_place(book, on)
    before = book.real_before(on)
    if before is not None and not book.changes_in(before.on, on) and old_final < before.value:
        raise UserError(f"旧表止数 {old_final:f} 小于上次读数 {before.value:f}，请核对后重新发送。")
    _add_change(session, meter, old_final, new_first, multiplier, on, by)
    await session.flush()
    return True


def _add_change(
    session: AsyncSession,
    meter: Meter,
    old_final: Decimal,
    new_first: Decimal,
    multiplier: Decimal | None,
    on: date,
    by: str,
) -> None:
    new = multiplier or meter.multiplier
    session.add(
        MeterChange(
            meter_id=meter.id,
            changed_on=on,
            old_final=old_final,
            old_multiplier=meter.multiplier,
            new_first=new_first,
            new_multiplier=new,
            entered_by=by,
        )
    )
    meter.multiplier = new


def _check_place(book: MeterBook, on: date) -> None:
    """A change may only lie where nothing after it is billed, and after all other changes."""
    later = next((mark for mark in book.marks if mark.on >= on and mark.charged), None)
    if later is not None:
        raise UserError(f"{later.on} 的读数已经出账，不能在其前登记换表。请写明换表日期，例如 2026-03-25。")
    if any(change.changed_on > on for change in book.changes):
        raise UserError("该日期之后已登记过换表，请核对日期。")


async def change_day(session: AsyncSession, meter: Meter, today: date) -> date:
    """When a change reported today counts: before this month's cut-off while this month is not read yet."""
    month = Month.of(today)
    read = await session.scalar(
        select(Reading.id).where(Reading.meter_id == meter.id, Reading.month == str(month))
    )
    return today if read else min(today, cut_off(month))


async def roll_over(
    session: AsyncSession, meter: Meter, value: Decimal, *, digits: int | None, by: str, now: datetime
) -> bool:
    """Stores this month's reading past the last digit; False when it is stored already.

    digits: told together with it, where the meter's file lacks them.

    Raises: UserError.
    """
    meter.digits = meter.digits or digits
    if meter.digits is None:
        raise UserError(
            f"{meter.number} 没有登记表盘位数，请补上，例如：抄表 翻转 {meter.number} {value:f} 位数 5"
        )
    month = Month.of(local_date(now))
    row = await session.scalar(
        select(Reading).where(Reading.meter_id == meter.id, Reading.month == str(month)).with_for_update()
    )
    if row and row.rollover and row.value == value:
        return False
    await refuse_pooled(session, meter.id, cut_off(month))
    book = await _book(session, meter.id)
    _check_rollover(book, row, Mark("reading", 0, cut_off(month), value, None, str(month), rollover=True))
    if row is None:
        row = Reading(meter_id=meter.id, month=str(month))
        session.add(row)
    else:
        note_correction(session, row, value, by, now)
    row.value, row.read_at, row.entered_by = value, now, by
    row.doubts, row.confirmed, row.rollover, row.estimated = [], True, True, False
    await session.flush()
    return True


def _check_rollover(book: MeterBook, row: Reading | None, mark: Mark) -> None:
    if row and (row.bill_id or row.settled):
        raise UserError(BILLED)
    start = book.before(mark.on)
    real = book.real_before(mark.on)
    if start is None or real is None or mark.value >= real.value:
        raise UserError("这次读数没有小于上次，不是翻转，请直接发送“抄表”加读数。")
    found = book.usage(start, mark)
    if isinstance(found, ReadingProblem):
        raise UserError(found.text)


async def hand_over(session: AsyncSession, meter: Meter, value: Decimal, *, on: date, by: str) -> bool:
    """Stores the value at the end of the day a tenant left; False when it is stored already.

    Raises: UserError.
    """
    row = await session.scalar(
        select(Handover).where(Handover.meter_id == meter.id, Handover.handed_on == on).with_for_update()
    )
    if row and row.value == value:
        return False
    if row and row.bill_id:
        raise UserError(BILLED)
    if problem := fits(await _book(session, meter.id), Mark("handover", 0, on, value, None)):
        raise UserError(problem.text)
    if row is None:
        row = Handover(meter_id=meter.id, handed_on=on)
        session.add(row)
    row.value, row.entered_by = value, by
    await session.flush()
    return True


async def handover_day(session: AsyncSession, unit_id: int, today: date) -> date:
    """The last day on which the unit changed hands.

    Raises: UserError when it never did.
    """
    days = await session.scalars(
        select(Tenancy.end_on).where(Tenancy.unit_id == unit_id, Tenancy.end_on <= today)
    )
    latest = max((day for day in days if day is not None), default=None)
    if latest is None:
        raise UserError("没有查到该单元的退租日期，请写明交接日期，例如 2026-03-10。")
    return latest


async def _book(session: AsyncSession, meter_id: int) -> MeterBook:
    """The meter's book, where its readings may still move.

    Raises: UserError while the meter is on a draft that has been checked.
    """
    if meter_id in await meters_being_billed(session):
        raise UserError(FROZEN)
    return (await load_books(session, [meter_id]))[meter_id]
