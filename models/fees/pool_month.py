"""Counting the shared pools of a month and keeping what each tenant's part is, once for a run of bills."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.errors import UserError
from models.fees.bill import BillRun
from models.fees.meter import Meter, Tariff
from models.fees.meter_book import MeterBook, cut_off, load_books
from models.fees.occupancy import tenancies_by_unit
from models.fees.pool import PoolMonth, PoolPause, PoolShare, SharedPool
from models.fees.pooling import (
    Counted,
    Missing,
    Seat,
    Share,
    arithmetic,
    common_start,
    count,
    price_fen,
    share,
)
from models.fees.tariff import load_tariffs, valid_tariff
from models.people.tenant import Tenancy
from models.people.unit import Unit
from models.rules import Rules

_BATCH = 5000
"""Ids in one query: databases bound the number of parameters."""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A pool of a month with everybody's part."""

    counted: Counted
    tariff: Tariff
    pool_fen: int
    shares: list[Share]
    meter_ids: list[int]

    @property
    def centre_fen(self) -> int:
        """What falls on empty units."""
        return sum(part.amount_fen for part in self.shares if part.tenant_id is None)


async def count_pools(session: AsyncSession, month: Month, rules: Rules) -> list[str]:
    """Counts the month's pools anew, except those whose bills are out; what can not be shared, in words.

    Raises: UserError when a pool is negative.
    """
    # A later month may have taken this one's usage with it.
    charged = select(PoolMonth.pool_id).where(PoolMonth.month >= str(month), PoolMonth.issued)
    done = set(await session.scalars(charged))
    await session.execute(delete(PoolMonth).where(PoolMonth.month == str(month), ~PoolMonth.issued))
    paused = await _pauses(session, month)
    gaps = []
    for pool in await active_pools(session):
        if pool.id in done:
            continue
        await _begin(session, pool, month)
        if pool.id in paused:
            gaps.append(f"公摊“{pool.name}”：本月暂缓（{paused[pool.id]}），用量并入下月")
            continue
        found = await reckon(session, pool, month, rules)
        if isinstance(found, Missing):
            gaps.append(f"公摊“{pool.name}”：{found.text}")
        else:
            await _keep(session, pool, month, found)
    return gaps


async def active_pools(session: AsyncSession) -> list[SharedPool]:
    """The pools in use, by name."""
    return list(await session.scalars(select(SharedPool).where(SharedPool.active).order_by(SharedPool.name)))


async def reckon(session: AsyncSession, pool: SharedPool, month: Month, rules: Rules) -> Reckoned | Missing:
    """A pool of a month as it comes to now; nothing is stored.

    Raises: UserError when it is negative: then nobody is billed before a person has looked.
    """
    units = await _sharing(session, pool)
    meter_ids = await _meter_ids(session, pool, units)
    counted = await _count(session, pool, meter_ids, month)
    if isinstance(counted, Missing):
        return counted
    if counted.usage < 0:
        raise UserError(
            f"公摊“{pool.name}”{month.label}为负数：{counted.why_negative(pool.kind)}。已停止出账。\\n"
            "请核对总表和分表读数，改正后重新出账；查不清又要先出账的，"
            f"请发送“公摊 暂缓 {pool.name} {month} 原因”，用量并入下月。"
        )
    tariff = valid_tariff(await load_tariffs(session), pool.kind, counted.to_on)
    if tariff is None:
        return Missing(f"没有 {counted.to_on} 有效的{pool.kind}价，未分摊")
    pool_fen = price_fen(counted, tariff)
    shares = share(
        pool_fen,
        await _seats(session, units),
        counted,
        pool.basis,
        centre_bears_vacant=rules.fees.vacant_share == "centre",
    )
    return Reckoned(counted, tariff, pool_fen, shares, meter_ids)


async def changed_pools(session: AsyncSession, run: BillRun) -> list[str]:
    """Names of the pools that would come out differently than when the run was drafted."""
    rows = await session.execute(
        select(PoolMonth, SharedPool)
        .join(SharedPool, SharedPool.id == PoolMonth.pool_id)
        .where(PoolMonth.month == run.month, ~PoolMonth.issued)
    )
    year, month = map(int, run.month.split("-"))
    tariffs = await load_tariffs(session)
    changed = []
    for kept, pool in rows:
        meter_ids = await _meter_ids(session, pool, await _sharing(session, pool))
        counted = await _count(session, pool, meter_ids, Month(year, month))
        tariff = valid_tariff(tariffs, pool.kind, kept.to_on)
        same = isinstance(counted, Counted) and (counted.main_usage, counted.sub_usage) == (
            kept.main_usage,
            kept.sub_usage,
        )
        if not same or tariff is None or tariff.price_yuan != kept.price_yuan:
            changed.append(pool.name)
    return changed


async def _count(
    session: AsyncSession, pool: SharedPool, meter_ids: Sequence[int], month: Month
) -> Counted | Missing:
    mains, subs = await _sides(session, pool, meter_ids)
    to_on = cut_off(month)
    begin = pool.counts_from if pool.counts_from and pool.counts_from < to_on else None
    from_on = await _charged_through(session, pool, to_on) or begin
    return count(mains, subs, from_on or common_start(mains, subs, to_on), to_on)


async def _sides(
    session: AsyncSession, pool: SharedPool, meter_ids: Sequence[int]
) -> tuple[list[MeterBook], list[MeterBook]]:
    """The books of the main meters, and of the sub-meters."""
    books: dict[int, MeterBook] = {}
    for ids in _batches(list(meter_ids)):
        books |= await load_books(session, ids)
    mains = [books[meter_id] for meter_id in pool.main_ids]
    return mains, [books[meter_id] for meter_id in meter_ids if meter_id not in pool.main_ids]


async def _begin(session: AsyncSession, pool: SharedPool, month: Month) -> None:
    """Remembers where a new pool begins, even when its first month has to wait."""
    if pool.counts_from is None:
        meter_ids = await _meter_ids(session, pool, await _sharing(session, pool))
        pool.counts_from = common_start(*await _sides(session, pool, meter_ids), cut_off(month))


async def _keep(session: AsyncSession, pool: SharedPool, month: Month, found: Reckoned) -> None:
    counted = found.counted
    row = PoolMonth(
        pool_id=pool.id,
        month=str(month),
        from_on=counted.from_on,
        to_on=counted.to_on,
        main_usage=counted.main_usage,
        sub_usage=counted.sub_usage,
        price_yuan=found.tariff.price_yuan,
        tariff_id=found.tariff.id,
        pool_fen=found.pool_fen,
        centre_fen=found.centre_fen,
        meter_ids=found.meter_ids,
    )
    session.add(row)
    await session.flush()
    whole = sum((part.weight * part.days for part in found.shares), Decimal(0))
    session.add_all(
        PoolShare(
            pool_month_id=row.id,
            tenant_id=part.tenant_id,
            amount_fen=part.amount_fen,
            basis=arithmetic(counted, found.tariff, found.pool_fen, pool.kind, pool.basis, part, whole),
            source=_source(row, pool, part),
        )
        for part in found.shares
        if part.tenant_id is not None and part.amount_fen
    )
    await session.flush()


def _source(row: PoolMonth, pool: SharedPool, part: Share) -> dict[str, object]:
    return {
        "key": f"pool:{pool.id}:{part.unit}",
        "unit": part.unit,
        "pool_month_id": row.id,
        "pool": pool.name,
        "pool_fen": row.pool_fen,
        "main_usage": f"{row.main_usage:f}",
        "sub_usage": f"{row.sub_usage:f}",
        "price_yuan": f"{row.price_yuan:f}",
        "weight": f"{part.weight:f}",
        "days": part.days,
        "days_in_month": (row.to_on - row.from_on).days,
    }


async def _sharing(session: AsyncSession, pool: SharedPool) -> list[Unit]:
    """The units that share, and the common ones among them, whose meters count."""
    query = select(Unit).order_by(Unit.code)
    if pool.buildings or pool.unit_ids:
        query = query.where(Unit.building.in_(pool.buildings) | Unit.id.in_(pool.unit_ids))
    return list(await session.scalars(query))


async def _meter_ids(session: AsyncSession, pool: SharedPool, units: Sequence[Unit]) -> list[int]:
    if pool.sub_ids:
        return [*pool.main_ids, *pool.sub_ids]
    there = {unit.id for unit in units}
    rows = await session.execute(
        select(Meter.id, Meter.unit_id).where(Meter.kind == pool.kind, Meter.active).order_by(Meter.number)
    )
    subs = [meter_id for meter_id, unit_id in rows if unit_id in there and meter_id not in pool.main_ids]
    return [*pool.main_ids, *subs]


async def _seats(session: AsyncSession, units: Iterable[Unit]) -> list[Seat]:
    sharing = [unit for unit in units if not unit.common]
    stays: dict[int, list[Tenancy]] = {}
    for ids in _batches([unit.id for unit in sharing]):
        stays |= await tenancies_by_unit(session, ids)
    return [Seat(unit.code, unit.area, stays.get(unit.id, [])) for unit in sharing]


def _batches(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))


async def _charged_through(session: AsyncSession, pool: SharedPool, before: date) -> date | None:
    return await session.scalar(
        select(PoolMonth.to_on)
        .where(PoolMonth.pool_id == pool.id, PoolMonth.issued, PoolMonth.to_on < before)
        .order_by(PoolMonth.to_on.desc())
        .limit(1)
    )


async def _pauses(session: AsyncSession, month: Month) -> dict[int, str]:
    rows = await session.execute(
        select(PoolPause.pool_id, PoolPause.reason).where(PoolPause.month == str(month))
    )
    return {pool_id: reason for pool_id, reason in rows}
