"""公摊: each tenant's part of what the main meters count beyond the sub-meters; a line of its own [law: 电力法 §44].

The pools are counted once for a run and kept in pool_month and pool_share; a negative one stops the run.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.fees.bill import BillRun
from models.fees.bill_lines import DraftLine
from models.fees.meter import MeterKind
from models.fees.pool import PoolMonth, PoolShare, SharedPool
from models.fees.pool_month import changed_pools, count_pools
from models.fees.sources.marks import mark, unmark
from models.fees.sources.source import ChargedLine, Found, LineSource, Prepared, Scope

CODES = {MeterKind.WATER: "shared_water", MeterKind.ELECTRICITY: "shared_electricity"}


def _waiting(month: Month) -> Select[int]:
    """Shares on no bill: of the month, and of earlier ones whose bill was reversed."""
    return (
        select(PoolShare.tenant_id)
        .join(PoolMonth, PoolMonth.id == PoolShare.pool_month_id)
        .where(
            PoolShare.bill_id.is_(None),
            or_(PoolMonth.month == str(month), PoolMonth.issued & (PoolMonth.month < str(month))),
        )
    )


async def prepare(session: AsyncSession, scope: Scope) -> Prepared:
    """Counts every pool of the month.

    Raises: UserError that names the pool and its meters when one is negative.
    """
    return Prepared(gaps=await count_pools(session, scope.month, scope.rules))


async def find(session: AsyncSession, scope: Scope) -> Found:
    """A line for each unit and pool."""
    rows = await session.execute(
        _waiting(scope.month)
        .join(SharedPool, SharedPool.id == PoolMonth.pool_id)
        .where(PoolShare.tenant_id.in_(scope.tenant_ids))
        .with_only_columns(
            PoolShare.id,
            PoolShare.tenant_id,
            PoolShare.amount_fen,
            PoolShare.basis,
            PoolShare.source,
            SharedPool.kind,
            SharedPool.name,
        )
        .order_by(PoolShare.id)
    )
    return Found(
        [
            DraftLine(
                tenant_id,
                CODES[kind],
                f"公摊{kind}费 {source['unit']}（{name}）",
                basis,
                amount_fen,
                {**source, "share_id": share_id},
            )
            for share_id, tenant_id, amount_fen, basis, source, kind, name in rows
        ]
    )


async def stale(session: AsyncSession, run: BillRun) -> str:
    """A reading, a price or a tenancy may have changed the pool since."""
    changed = await changed_pools(session, run)
    return f"出账后公摊有变动：{'、'.join(changed)}" if changed else ""


async def charge(session: AsyncSession, lines: Sequence[ChargedLine]) -> None:
    """The shares belong to their bills, and the next pool begins where these end."""
    shares = {line.source["share_id"]: line.bill_id for line in lines}
    await mark(session, PoolShare, shares)
    months = {line.source["pool_month_id"] for line in lines}
    await session.execute(update(PoolMonth).where(PoolMonth.id.in_(months)).values(issued=True))


async def release(session: AsyncSession, bill_ids: Sequence[int]) -> None:
    """The shares wait for another bill; the pool itself stands."""
    await unmark(session, PoolShare, bill_ids)


SHARES = LineSource(
    "shares",
    tuple(CODES.values()),
    tenants=_waiting,
    find=find,
    prepare=prepare,
    stale=stale,
    charge=charge,
    release=release,
)
