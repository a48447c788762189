"""读数 and 签收表 as tables: what was measured, and what was signed for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.exports.sign_off import SIGN_OFF_COLUMNS, sign_off_rows
from models.exports.table import Asked, Column, ExportForm, Holds, Row
from models.fees.meter import Meter, Reading
from models.notices.sign_off import sign_off_sheet
from models.people.staff import names_of_staff
from models.people.unit import Unit


async def _readings(session: AsyncSession, asked: Asked) -> Sequence[Row]:
    names = await names_of_staff(session)
    rows = await session.execute(
        select(Unit.building, Unit.code, Meter, Reading)
        .join(Meter, Meter.unit_id == Unit.id)
        .join(Reading, Reading.meter_id == Meter.id)
        .where(Reading.month == str(asked.month))
        .order_by(Unit.building, Unit.code, Meter.number)
    )
    return [
        (
            building,
            code,
            meter.number,
            f"{meter.kind}表",
            meter.multiplier,
            reading.month,
            reading.value,
            reading.read_at,
            names.get(reading.entered_by, reading.entered_by),
            "是" if reading.confirmed else "待确认",
            "；".join(reading.doubts),
        )
        for building, code, meter, reading in rows
    ]


async def _signed(session: AsyncSession, asked: Asked) -> Sequence[Row]:
    sheet = await sign_off_sheet(session, str(asked.month), "", "", asked.month.last_day, asked.rules)
    return sign_off_rows(sheet)


READINGS = ExportForm(
    "readings",
    "读数",
    "fees.see|fees.read_meters",
    True,
    (
        Column("楼栋"),
        Column("单元"),
        Column("表号"),
        Column("类型"),
        Column("倍率", Holds.NUMBER),
        Column("月份"),
        Column("读数", Holds.NUMBER),
        Column("录入时间", Holds.INSTANT),
        Column("录入人"),
        Column("已确认"),
        Column("疑问"),
    ),
    _readings,
)
SIGN_OFF = ExportForm(
    "signoff",
    "签收表",
    "fees.see|notice.deliver",
    True,
    SIGN_OFF_COLUMNS,
    _signed,
)
