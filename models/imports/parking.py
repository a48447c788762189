"""Sheet 车位: parking spaces let by the month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.fees.parking import ParkingSpace
from models.imports.cells import Cells
from models.imports.sheet import Batch, Column, SheetForm, each_row
from models.imports.tenancy import tenant_named, tenants_by_name
from models.rules import Rules


@dataclass(frozen=True, slots=True)
class ParkingRow:
    """A let space as the sheet has it. `price_yuan` None: as the price list says."""

    number: str
    tenant: str
    plate: str
    price_yuan: Decimal | None
    from_on: date
    until_on: date | None

    @property
    def key(self) -> tuple[str, date]:
        """A space may be let again from a day on."""
        return (self.number, self.from_on)


def check(cells: Cells, rules: Rules) -> ParkingRow:
    """The row's values. Raises UserError."""
    del rules
    from_on, until_on = cells.day("起租日"), cells.day("止租日")
    if from_on is None:
        raise UserError("“起租日”没有填写。")
    if until_on and until_on < from_on:
        raise UserError("“止租日”早于“起租日”。")
    number = cells.plain("车位号").upper()
    if not number:
        raise UserError("“车位号”没有填写。")
    price = None if cells.number("月租") is None else cells.amount("月租")
    return ParkingRow(
        number, cells.required("租户"), cells.plain("车牌").upper(), price, from_on, until_on
    )  # fmt: skip


async def save(session: AsyncSession, batch: Batch[ParkingRow]) -> list[str]:
    """New lettings are added, known ones take the row's values; no space is let twice on one day."""
    tenants = await tenants_by_name(session, {row.tenant for row in batch.rows})
    lettings = await _lettings(session, {row.number for row in batch.rows})

    def store(row: ParkingRow) -> None:
        tenant = tenant_named(tenants, row.tenant)
        there = lettings.setdefault(row.number, [])
        known = next((each for each in there if each.from_on == row.from_on), None)
        _refuse_overlap(row, [each for each in there if each is not known])
        if known is None:
            known = ParkingSpace(number=row.number, from_on=row.from_on)
            there.append(known)
            session.add(known)
        known.tenant_id, known.plate = tenant.id, row.plate
        known.price_yuan, known.until_on = row.price_yuan, row.until_on

    return each_row(batch.rows, store)


async def _lettings(session: AsyncSession, numbers: set[str]) -> dict[str, list[ParkingSpace]]:
    rows = await session.scalars(
        select(ParkingSpace).where(ParkingSpace.number.in_(numbers)).with_for_update()
    )
    found: dict[str, list[ParkingSpace]] = {}
    for row in rows:
        found.setdefault(row.number, []).append(row)
    return found


def _refuse_overlap(row: ParkingRow, others: list[ParkingSpace]) -> None:
    for other in others:
        if row.from_on <= (other.until_on or date.max) and other.from_on <= (row.until_on or date.max):
            raise UserError(
                f"车位 {row.number} 在 {other.from_on} 至 {other.until_on or '长期'} 已经出租，请核对起止日。"
            )


PARKING = SheetForm(
    "车位",
    (
        Column("车位号", ("车位", "车位编号")),
        Column("租户", ("名称", "租户名称", "公司名称")),
        Column("车牌", ("车牌号",), required=False),
        Column("月租", ("月租金", "单价", "价格"), required=False),
        Column("起租日", ("起租日期", "开始日期")),
        Column("止租日", ("止租日期", "结束日期"), required=False),
    ),
    check,
    save,
)
