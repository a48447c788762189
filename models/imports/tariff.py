"""Sheet 收费标准: prices and the day they begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.fees.meter import Tariff
from models.imports.cells import Cells
from models.imports.sheet import Batch, Column, SheetForm, each_row
from models.rules import Rules

_ALIASES = {"水费": "水", "电费": "电"}


@dataclass(frozen=True, slots=True)
class TariffRow:
    """A price as the sheet has it."""

    code: str
    price_yuan: Decimal
    per: str
    from_on: date

    @property
    def key(self) -> tuple[str, date]:
        """A price may change from a day on."""
        return (self.code, self.from_on)


def check(cells: Cells, rules: Rules) -> TariffRow:
    """The row's values. Raises UserError."""
    del rules
    from_on = cells.day("生效日")
    if from_on is None:
        raise UserError("“生效日”没有填写。")
    code = cells.required("项目")
    return TariffRow(_ALIASES.get(code, code), cells.amount("单价"), cells.required("单位"), from_on)


async def save(session: AsyncSession, batch: Batch[TariffRow]) -> list[str]:
    """New prices are added, known ones take the row's values; issued bills keep what they were computed with."""
    rows = await session.scalars(select(Tariff).with_for_update())
    known = {(tariff.code, tariff.from_on): tariff for tariff in rows}

    def store(row: TariffRow) -> None:
        tariff = known.get(row.key)
        if tariff is None:
            tariff = Tariff(code=row.code, from_on=row.from_on)
            session.add(tariff)
        tariff.price_yuan, tariff.per = row.price_yuan, row.per

    return each_row(batch.rows, store)


TARIFFS = SheetForm(
    "收费标准",
    (
        Column("项目", ("收费项目", "费用项目")),
        Column("单价", ("单价（元）", "价格")),
        Column("单位", ("计价单位",)),
        Column("生效日", ("生效日期", "开始日期")),
    ),
    check,
    save,
)
