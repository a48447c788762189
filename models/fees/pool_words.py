"""公摊 as staff read it, and letting a pool wait for a month."""

from __future__ import annotations

import re
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.clock import local_date
from models.errors import UserError
from models.fees.bill_lines import plain
from models.fees.meter import Meter
from models.fees.money import yuan
from models.fees.pool import PoolMonth, PoolPause, SharedPool
from models.fees.pool_month import active_pools
from models.fees.pooling import WORDS
from models.people.unit import Unit

_MOST = 10
_MONTH = re.compile(r"\d{4}-\d{1,2}|(?:\d{4}年)?\d{1,2}月(?:份)?|本月|上月")


async def pools_text(session: AsyncSession, today_month: Month) -> str:
    """Each pool with its meters, who shares it, and what it came to last."""
    pools = await active_pools(session)
    if not pools:
        return "没有登记公摊。请用“公摊”表导入：总表、分表、分摊范围和方式。"
    rows = [await _pool_row(session, pool, today_month) for pool in pools[:_MOST]]
    more = [f"……另有 {len(pools) - _MOST} 个"] if len(pools) > _MOST else []
    return "\n".join([f"公摊 {len(pools)} 个：", *rows, *more])


async def _pool_row(session: AsyncSession, pool: SharedPool, month: Month) -> str:
    mains = await session.scalars(
        select(Meter.number).where(Meter.id.in_(pool.main_ids)).order_by(Meter.number)
    )
    codes = await session.scalars(select(Unit.code).where(Unit.id.in_(pool.unit_ids)).order_by(Unit.code))
    scope = "、".join([*pool.buildings, *codes]) or "全园"
    latest = await session.scalar(
        select(PoolMonth).where(PoolMonth.pool_id == pool.id).order_by(PoolMonth.month.desc()).limit(1)
    )
    waits = await session.scalar(
        select(PoolPause.reason).where(PoolPause.pool_id == pool.id, PoolPause.month == str(month))
    )
    tail = f"\n  {_came_to(pool, latest)}" if latest else ""
    pause = f"\n  {month.label}暂缓：{waits}" if waits else ""
    return f"· {pool.name}：总表 {'、'.join(mains)}，{scope}{pool.basis}{tail}{pause}"


def _came_to(pool: SharedPool, row: PoolMonth) -> str:
    unit = WORDS[pool.kind]
    usage = row.main_usage - row.sub_usage
    state = "已出账" if row.issued else "草稿"
    return (
        f"{row.month}（{state}）：{plain(row.main_usage)} − {plain(row.sub_usage)} = {plain(usage)} {unit}，"
        f"{yuan(row.pool_fen)} 元，其中空置单元由中心承担 {yuan(row.centre_fen)} 元"
    )


async def pause_pool(session: AsyncSession, text: str, *, by: str, now: datetime) -> tuple[SharedPool, Month]:
    """Lets a pool wait on a month's bills, the present one's unless another is named: "A座公共用电 3月 总表待校".

    Raises: UserError.
    """
    name, month, reason = _words(text, local_date(now))
    pool = await _pool(session, name)
    if not reason:
        raise UserError(f"请写明原因，例如：公摊 暂缓 {pool.name} 总表读数待查")
    issued = select(PoolMonth.id).where(
        PoolMonth.pool_id == pool.id, PoolMonth.month == str(month), PoolMonth.issued
    )
    if await session.scalar(issued):
        raise UserError(f"公摊“{pool.name}”{month.label}已经出账，不能暂缓。")
    row = await session.scalar(
        select(PoolPause).where(PoolPause.pool_id == pool.id, PoolPause.month == str(month)).with_for_update()
    )
    if row is None:
        row = PoolPause(pool_id=pool.id, month=str(month))
        session.add(row)
    row.reason, row.paused_by, row.paused_at = reason[:100], by, now
    await session.flush()
    return pool, month


async def resume_pool(session: AsyncSession, text: str, *, now: datetime) -> tuple[SharedPool, Month]:
    """The pool is shared with the month's bills after all.

    Raises: UserError.
    """
    name, month, _ = _words(text, local_date(now))
    pool = await _pool(session, name)
    gone = await session.execute(
        delete(PoolPause)
        .where(PoolPause.pool_id == pool.id, PoolPause.month == str(month))
        .returning(PoolPause.id)
    )
    if not gone.all():
        raise UserError(f"公摊“{pool.name}”{month.label}没有暂缓。")
    return pool, month


def _words(text: str, today: date) -> tuple[str, Month, str]:
    """The pool's name, the month, and the rest."""
    name, _, rest = text.strip().partition(" ")
    word, _, more = rest.strip().partition(" ")
    if _MONTH.fullmatch(word):
        return name, Month.parse(word, today), more.strip()
    return name, Month.of(today), rest.strip()


async def _pool(session: AsyncSession, name: str) -> SharedPool:
    pools = await active_pools(session)
    wanted = name.strip()
    exact = [pool for pool in pools if pool.name == wanted]
    found = exact or [pool for pool in pools if wanted and wanted in pool.name]
    if len(found) != 1:
        known = "、".join(pool.name for pool in pools[:_MOST]) or "没有"
        raise UserError(f"请写明公摊名称。已登记：{known}。")
    return found[0]
