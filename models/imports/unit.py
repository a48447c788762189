"""Sheet 单元: the lettable units, and the common parts where main meters hang."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.imports.cells import Cells
from models.imports.sheet import Batch, Column, SheetForm, each_row
from models.people.unit import Unit, normal_code
from models.rules import Rules


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as the sheet has it; `area` in ㎡, 0 only for a common part of the building.

    owner_name: of an owner who is none of the companies in the sheet 租户; "" says nothing about the owner.
    """

    code: str
    building: str
    floor: str
    area: Decimal
    common: bool
    owner_name: str = ""
    owner_mobile: str = ""
    owner_address: str = ""

    @property
    def key(self) -> str:
        """Two spellings of one code are one unit."""
        return normal_code(self.code)


def check(cells: Cells, rules: Rules) -> UnitRow:
    """The row's values. Raises UserError."""
    del rules
    code = cells.plain("单元号").upper()
    if not normal_code(code):
        raise UserError("“单元号”没有填写。")
    common = cells.yes_or_no("公共部位") is True
    area = cells.number("计费面积") or Decimal(0)
    if not common or area < 0:
        area = cells.amount("计费面积", least=Decimal("0.01"))
    owner = cells.text("业主姓名")
    reach = cells.mobile("业主手机"), cells.text("业主地址")
    if any(reach) and not owner:
        raise UserError("填了业主手机或地址，请同时填写“业主姓名”。")
    return UnitRow(code, cells.required("楼栋"), cells.plain("楼层"), area, common, owner, *reach)


async def save(session: AsyncSession, batch: Batch[UnitRow]) -> list[str]:
    """New units are added, known ones take the row's values."""
    known = await units_by_code(session, (row.code for row in batch.rows))

    def store(row: UnitRow) -> None:
        unit = known.get(row.key)
        if unit is None:
            unit = Unit(code=row.code)
            session.add(unit)
        unit.building, unit.floor, unit.area, unit.common = row.building, row.floor, row.area, row.common
        if row.owner_name:
            unit.owner_id = None
            unit.owner_name, unit.owner_mobile, unit.owner_address = (
                row.owner_name,
                row.owner_mobile,
                row.owner_address,
            )

    return each_row(batch.rows, store)


async def units_by_code(session: AsyncSession, codes: Iterable[str]) -> dict[str, Unit]:
    """The units meant by these codes, by normal code, locked for change."""
    wanted = {normal_code(code) for code in codes}
    spellings = await session.execute(select(Unit.id, Unit.code))
    ids = [unit_id for unit_id, code in spellings if normal_code(code) in wanted]
    units = await session.scalars(select(Unit).where(Unit.id.in_(ids)).with_for_update())
    return {normal_code(unit.code): unit for unit in units}


def named(units: dict[str, Unit], code: str) -> Unit:
    """The unit meant. Raises UserError when it does not exist."""
    unit = units.get(normal_code(code))
    if unit is None:
        raise UserError(f"单元“{code[:20]}”不存在，请先在“单元”表中登记。")
    return unit


UNITS = SheetForm(
    "单元",
    (
        Column("单元号", ("房号", "房间号", "单元", "单元编号")),
        Column("楼栋", ("楼号", "栋", "座")),
        Column("楼层", ("层",), required=False),
        Column("计费面积", ("面积", "建筑面积", "收费面积")),
        Column("公共部位", ("公区", "公共区域"), required=False),
        Column("业主姓名", ("业主名称", "产权人"), required=False),
        Column("业主手机", ("业主电话",), required=False),
        Column("业主地址", ("业主通信地址", "业主通讯地址"), required=False),
    ),
    check,
    save,
)
