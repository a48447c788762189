"""估读: a likely value for a meter nobody could read, put in by a person, marked 估, settled by the next real reading.

[practice] never by the software alone, never many months in a row; the contract must allow it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.clock import local_date
from models.errors import UserError
from models.fees.bill_lines import plain
from models.fees.meter import Meter, Reading
from models.fees.meter_book import Mark, MeterBook, cut_off, load_books
from models.fees.metering import Usage
from models.fees.pool_lock import refuse_pooled
from models.fees.reading_checks import BILLED, FROZEN, fits, meters_being_billed
from models.rules import Rules


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value to put in. usual: the median of the usages before, None when the person named the value."""

    month: Month
    value: Decimal
    last: Mark
    usual: Decimal | None
    usage: Decimal

    def text(self, meter: Meter) -> str:
        """The question before it is put in."""
        how = "按您写的值" if self.usual is None else f"按近期用量的中位数 {plain(self.usual)}"
        return (
            f"请确认估读：{meter.number} {self.month.label}，{how}，"
            f"由上次 {plain(self.last.value)}（{self.last.on}{'，估' if self.last.estimated else ''}）"
            f"估为 {plain(self.value)}，计 {plain(self.usage)}。\n"
            "账单上会标“估”，下次实际读数自动结算差额。回复“是”记下，“否”取消。"
        )


async def propose(
    session: AsyncSession, meter: Meter, value: Decimal | None, month: Month, *, now: datetime, rules: Rules
) -> Proposal:
    """What an estimate would be; the last value and a usual month where none is named.

    Raises: UserError where there is nothing to estimate from, no need, or no more leave to.
    """
    if month > Month.of(local_date(now)):
        raise UserError(f"{month.label}还没有到，请核对月份。")
    book = await _book(session, meter)
    await _refuse_read(session, meter, month)
    on = cut_off(month)
    await refuse_pooled(session, meter.id, on)
    last, row = book.before(on), book.estimates_before(on)
    if last is None:
        raise UserError(f"{meter.number} 还没有底数，不能估读。请先抄一次表。")
    if row >= rules.fees.estimates_in_a_row:
        raise UserError(f"{meter.number} 已连续估读 {row} 个月，请与租户约时间实地抄表。")
    usual = None if value is not None else _usual(book, meter, last)
    chosen = value if value is not None else _likely(book, last, usual or Decimal(0))
    mark = Mark("reading", 0, on, chosen, None, str(month), estimated=True)
    if problem := fits(book, mark):
        raise UserError(problem.text)
    used = book.usage(last, mark)
    return Proposal(month, chosen, last, usual, used.quantity if isinstance(used, Usage) else Decimal(0))


async def put_in(
    session: AsyncSession, meter: Meter, proposal: Proposal, *, by: str, now: datetime
) -> Reading:
    """Stores the estimate as the month's reading."""
    month = str(proposal.month)
    row = await session.scalar(
        select(Reading).where(Reading.meter_id == meter.id, Reading.month == month).with_for_update()
    )
    if row is None:
        row = Reading(meter_id=meter.id, month=month)
        session.add(row)
    row.value, row.read_at, row.entered_by = proposal.value, now, by
    row.doubts, row.confirmed, row.rollover, row.estimated = [], True, False, True
    await session.flush()
    return row


def _usual(book: MeterBook, meter: Meter, last: Mark) -> Decimal:
    history = book.history(last.on)
    if not history:
        raise UserError(
            f"{meter.number} 还没有用量记录，算不出估读数。请写明数值，例如：抄表 估 {meter.number} {plain(last.value)}"
        )
    return median(history)


def _likely(book: MeterBook, last: Mark, usual: Decimal) -> Decimal:
    """The dial after one more usual month, as fine as the dial was read before."""
    step = usual / book.multiplier_on(last.on)
    return (last.value + step).quantize(last.value.normalize() if last.value % 1 else Decimal(1))


async def _refuse_read(session: AsyncSession, meter: Meter, month: Month) -> None:
    row = await session.scalar(
        select(Reading).where(Reading.meter_id == meter.id, Reading.month == str(month))
    )
    if row is None or not (row.confirmed or row.bill_id):
        return
    if row.bill_id or row.settled:
        raise UserError(BILLED)
    if not row.estimated:
        raise UserError(f"{meter.number} {month.label}已有读数 {plain(row.value)}，不用估读。")


async def _book(session: AsyncSession, meter: Meter) -> MeterBook:
    if meter.id in await meters_being_billed(session):
        raise UserError(FROZEN)
    return (await load_books(session, [meter.id]))[meter.id]
