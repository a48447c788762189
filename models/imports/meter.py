"""Sheet 表计: meters and the reading that counting starts from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.clock import at_local
from models.errors import UserError
from models.fees.meter import Meter, MeterKind, Reading
from models.imports.cells import Cells
from models.imports.reading_sheet import KINDS
from models.imports.sheet import Batch, Column, SheetForm, each_row
from models.imports.unit import named, units_by_code
from models.rules import Rules


@dataclass(frozen=True, slots=True)
class MeterRow:
    """A meter as the sheet has it. `month` None: no first reading is given."""

    number: str
    unit: str
    kind: MeterKind
    multiplier: Decimal
    digits: int | None
    walk_no: int | None
    value: Decimal
    month: Month | None

    @property
    def key(self) -> str:
        """The number on the meter."""
        return self.number


def check(cells: Cells, rules: Rules) -> MeterRow:
    """The row's values. Raises UserError."""
    del rules
    kind = kind_named(cells.required("类型"))
    value, month = cells.number("上期读数"), cells.month("上期月份")
    if (value is None) != (month is None):
        raise UserError("“上期读数”和“上期月份”要么都填，要么都不填。")
    digits, walk_no = cells.whole("位数", range(1, 13)), cells.whole("抄表顺序", range(1, 100_000))
    _refuse_impossible(value, digits)
    number = cells.plain("表号")
    if not number:
        raise UserError("“表号”没有填写。")
    multiplier = cells.number("倍率")
    if multiplier is not None and multiplier <= 0:
        raise UserError("“倍率”应大于 0。")
    return MeterRow(
        number, cells.required("单元"), kind, multiplier or Decimal(1), digits, walk_no, value or Decimal(0),
        month,
    )  # fmt: skip


def kind_named(word: str) -> MeterKind:
    """What a meter measures. Raises UserError."""
    kind = KINDS.get(word)
    if kind is None:
        raise UserError("“类型”请填“水”或“电”。")
    return kind


def _refuse_impossible(value: Decimal | None, digits: int | None) -> None:
    if value is None:
        return
    if value < 0:
        raise UserError("“上期读数”不能是负数。")
    if digits and value >= 10**digits:
        raise UserError(f"“上期读数”{value} 超出 {digits} 位表的量程，请核对读数或位数。")


async def save(session: AsyncSession, batch: Batch[MeterRow]) -> list[str]:
    """New meters and first readings are added; known ones change unless a bill has been made from them."""
    units = await units_by_code(session, (row.unit for row in batch.rows))
    meters = await _meters(session, batch)
    readings = await _readings(session, {meter.id for meter in meters.values()})

    def store(row: MeterRow) -> None:
        unit = named(units, row.unit)
        meter = meters.get(row.number)
        if meter is not None:
            _refuse_billed(row, meter, readings)
        else:
            meter = meters[row.number] = Meter(number=row.number, active=True)
            session.add(meter)
        meter.unit_id, meter.kind = unit.id, row.kind
        meter.multiplier, meter.digits, meter.walk_no = row.multiplier, row.digits, row.walk_no

    reasons = each_row(batch.rows, store)
    await session.flush()  # gives the new meters their ids
    for row, reason in zip(batch.rows, reasons, strict=True):
        if row.month and not reason:
            _store_reading(session, row, row.month, meters[row.number], readings)
    return reasons


async def _meters(session: AsyncSession, batch: Batch[MeterRow]) -> dict[str, Meter]:
    wanted = [row.number for row in batch.rows]
    rows = await session.scalars(select(Meter).where(Meter.number.in_(wanted)).with_for_update())
    return {meter.number: meter for meter in rows}


async def _readings(session: AsyncSession, meter_ids: set[int]) -> dict[tuple[int, str], Reading]:
    rows = await session.scalars(select(Reading).where(Reading.meter_id.in_(meter_ids)).with_for_update())
    return {(reading.meter_id, reading.month): reading for reading in rows}


def _refuse_billed(row: MeterRow, meter: Meter, readings: dict[tuple[int, str], Reading]) -> None:
    billed = [r for (meter_id, _), r in readings.items() if meter_id == meter.id and r.bill_id is not None]
    if not billed:
        return
    if (row.kind, row.multiplier) != (meter.kind, meter.multiplier):
        raise UserError(f"表 {row.number} 已出过账，类型和倍率不能再改；换表请按换表登记。")
    reading = readings.get((meter.id, str(row.month)))
    if row.month and (reading is None or reading.value != row.value):
        raise UserError(f"表 {row.number} 已出过账，上期读数不能再改。")


def _store_reading(
    session: AsyncSession, row: MeterRow, month: Month, meter: Meter, readings: dict[tuple[int, str], Reading]
) -> None:
    reading = readings.get((meter.id, str(month)))
    if reading is None:
        # Read at the cut-off, the 20th [manual flow chart]; nobody knows the hour of an old reading.
        read_at = at_local(month.first_day.replace(day=20), 9)
        reading = Reading(
            meter_id=meter.id, month=str(month), read_at=read_at, entered_by="导入", doubts=[], confirmed=True
        )
        session.add(reading)
    reading.value = row.value


METERS = SheetForm(
    "表计",
    (
        Column("表号", ("表计编号", "表编号", "编号")),
        Column("单元", ("单元号", "房号", "房间号")),
        Column("类型", ("表类型", "种类")),
        Column("倍率", ("乘率", "变比"), required=False),
        Column("位数", ("表位数",), required=False),
        Column("抄表顺序", ("顺序", "走表顺序"), required=False),
        Column("上期读数", ("起始读数", "期初读数", "底数"), required=False),
        Column("上期月份", ("读数月份", "起始月份"), required=False),
    ),
    check,
    save,
)
