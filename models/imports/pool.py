"""Sheet 公摊: which main meters serve more than the sub-meters behind them, and who shares the rest."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.fees.meter import Meter, MeterKind
from models.fees.pool import ShareBasis, SharedPool
from models.imports.cells import Cells
from models.imports.meter import kind_named
from models.imports.sheet import Batch, Column, SheetForm, each_row
from models.people.unit import Unit, normal_code
from models.rules import Rules

_WHOLE_PARK = frozenset({"全园", "全园区", "整个园区", "全部"})
_BASES = {
    "按面积": ShareBasis.AREA, "面积": ShareBasis.AREA, "按建筑面积": ShareBasis.AREA,
    "均摊": ShareBasis.EQUAL, "按户": ShareBasis.EQUAL, "按户均摊": ShareBasis.EQUAL, "平均": ShareBasis.EQUAL,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PoolRow:
    """A pool as the sheet has it. scope: names of buildings and units; empty for the whole park."""

    name: str
    kind: MeterKind
    mains: tuple[str, ...]
    subs: tuple[str, ...]
    scope: tuple[str, ...]
    basis: ShareBasis
    active: bool

    @property
    def key(self) -> str:
        """A pool's name is its own."""
        return self.name


def check(cells: Cells, rules: Rules) -> PoolRow:
    """The row's values. Raises UserError."""
    del rules
    mains, scope = tuple(cells.names("总表")), cells.names("分摊范围")
    if not mains:
        raise UserError("“总表”没有填写，请填总表的表号，几块表用顿号隔开。")
    if not scope:
        raise UserError("“分摊范围”没有填写，请填“全园”、楼栋或单元号。")
    basis = _BASES.get(cells.required("分摊方式"))
    if basis is None:
        raise UserError("“分摊方式”请填“按面积”或“均摊”。")
    subs = tuple(cells.names("分表"))
    if repeated := set(mains) & set(subs):
        raise UserError(f"表 {min(repeated)} 不能既是总表又是分表。")
    return PoolRow(
        name=cells.required("名称"),
        kind=kind_named(cells.required("类型")),
        mains=mains,
        subs=subs,
        scope=() if set(scope) & _WHOLE_PARK else tuple(scope),
        basis=basis,
        active=cells.yes_or_no("停用") is not True,
    )


@dataclass(frozen=True, slots=True)
class _Site:
    """What the rows may refer to."""

    meters: dict[str, Meter]
    units: dict[str, Unit]
    buildings: set[str]

    def meter_ids(self, numbers: tuple[str, ...], kind: MeterKind) -> list[int]:
        return [self._meter(number, kind).id for number in dict.fromkeys(numbers)]

    def _meter(self, number: str, kind: MeterKind) -> Meter:
        meter = self.meters.get(normal_code(number))
        if meter is None:
            raise UserError(f"表号“{number[:30]}”不存在，请先在“表计”表中登记。")
        if meter.kind is not kind:
            raise UserError(f"表 {meter.number} 是{meter.kind}表，与公摊类型“{kind}”不符。")
        return meter

    def places(self, scope: tuple[str, ...]) -> tuple[list[str], list[int]]:
        """Buildings and ids of units. Raises UserError for a name that is neither."""
        buildings, unit_ids = [], []
        for name in dict.fromkeys(scope):
            bare = name.removesuffix("栋").removesuffix("座").removesuffix("楼")
            known = next((each for each in (name, bare) if each in self.buildings), None)
            unit = self.units.get(normal_code(name))
            if known is not None:
                buildings.append(known)
            elif unit is not None:
                unit_ids.append(unit.id)
            else:
                raise UserError(f"分摊范围“{name[:30]}”既不是楼栋也不是单元，请核对。")
        return buildings, unit_ids


async def save(session: AsyncSession, batch: Batch[PoolRow]) -> list[str]:
    """New pools are added, known ones take the row's values; what has been billed stays as it was computed."""
    wanted = [row.name for row in batch.rows]
    rows = await session.scalars(select(SharedPool).where(SharedPool.name.in_(wanted)).with_for_update())
    known = {pool.name: pool for pool in rows}
    site = await _site(session)

    def store(row: PoolRow) -> None:
        mains, subs = site.meter_ids(row.mains, row.kind), site.meter_ids(row.subs, row.kind)
        buildings, unit_ids = site.places(row.scope)
        pool = known.get(row.name)
        if pool is None:
            pool = known[row.name] = SharedPool(name=row.name)
            session.add(pool)
        pool.kind, pool.basis, pool.active = row.kind, row.basis, row.active
        pool.main_ids, pool.sub_ids = mains, subs
        pool.buildings, pool.unit_ids = buildings, unit_ids

    return each_row(batch.rows, store)


async def _site(session: AsyncSession) -> _Site:
    meters = await session.scalars(select(Meter))
    units = list(await session.scalars(select(Unit)))
    return _Site(
        {normal_code(meter.number): meter for meter in meters},
        {normal_code(unit.code): unit for unit in units},
        {unit.building for unit in units},
    )


POOLS = SheetForm(
    "公摊",
    (
        Column("名称", ("公摊名称", "公摊项目")),
        Column("类型", ("表类型", "水电")),
        Column("总表", ("总表表号", "总表号")),
        Column("分表", ("分表表号", "分表号"), required=False),
        Column("分摊范围", ("范围",)),
        Column("分摊方式", ("方式", "分摊办法")),
        Column("停用", (), required=False),
    ),
    check,
    save,
)
