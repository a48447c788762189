"""Which meter somebody means by its number, or by the unit and what it measures."""

from __future__ import annotations

from collections import defaultdict
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.fees.meter import Meter, MeterKind
from models.people.unit import Unit, normal_code


class MeterIndex:
    """All meters in use, by number and by unit."""

    def __init__(self, rows: list[tuple[Meter, Unit]]) -> None:
        self._by_number = {normal_code(meter.number): meter for meter, _ in rows}
        self._by_unit: dict[tuple[str, MeterKind], list[Meter]] = defaultdict(list)
        self._units = {normal_code(unit.code) for _, unit in rows}
        for meter, unit in rows:
            self._by_unit[normal_code(unit.code), meter.kind].append(meter)

    def find(self, who: str, kind: MeterKind | None) -> Meter | str:
        """The meter, or the Chinese reason why none or no single one is meant."""
        if numbered := self._by_number.get(normal_code(who)):
            return numbered
        if kind is None:
            return f"没有表号“{who}”，请核对，或写成“单元 电 读数”。"
        found = self._by_unit.get((normal_code(who), kind), [])
        if len(found) == 1:
            return found[0]
        if found:
            return (
                f"{who} 有 {len(found)} 块{kind}表，请写表号：{'、'.join(meter.number for meter in found)}。"
            )
        known = normal_code(who) in self._units
        return f"{who} 没有登记{kind}表，请核对。" if known else f"没有找到单元“{who}”的{kind}表，请核对。"


async def load_index(session: AsyncSession) -> MeterIndex:
    """The meters in use now."""
    query = (
        select(Meter, Unit).join(Unit, Unit.id == Meter.unit_id).where(Meter.active).order_by(Meter.number)
    )
    return MeterIndex([(meter, unit) for meter, unit in await session.execute(query)])


async def meters_in_use(session: AsyncSession) -> int:
    """How many there are to read."""
    return await session.scalar(select(func.count(Meter.id)).where(Meter.active)) or 0


async def find_meter(session: AsyncSession, text: str) -> Meter:
    """The one meter meant by "E-A1203", "A-1203电" or "A-1203 电表".

    Raises: UserError.
    """
    who, kind = text.strip(), None
    bare = who.removesuffix("表").rstrip()
    if bare and bare[-1] in list(MeterKind):
        who, kind = bare[:-1].rstrip(), MeterKind(bare[-1])
    found = (await load_index(session)).find(who, kind)
    if isinstance(found, str):
        raise UserError(found)
    return found


class _Kind(Protocol):
    @property
    def kind(self) -> MeterKind: ...


class _Code(Protocol):
    @property
    def code(self) -> str: ...


def label(meter: _Kind, unit: _Code) -> str:
    """How people recognise the meter: "A-1203 电表"."""
    return f"{unit.code} {meter.kind}表"
