"""Readings that a shared pool has been computed from hold still, whether or not they stand on anybody's own bill."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.fees.bill import BillRun, RunStatus
from models.fees.pool import PoolMonth

POOLED = "该读数已计入公摊，不能修改。如确有错误，请联系财务处理。"


async def pooled_through(session: AsyncSession) -> dict[int, date]:
    """By meter: the last day that pools have charged, or are about to on a draft somebody has checked."""
    checked = select(BillRun.month).where(BillRun.status == RunStatus.CHECKED)
    rows = await session.execute(
        select(PoolMonth.pool_id, PoolMonth.to_on, PoolMonth.meter_ids)
        .where(PoolMonth.issued | PoolMonth.month.in_(checked))
        .order_by(PoolMonth.to_on)
    )
    latest = {pool_id: (to_on, meter_ids) for pool_id, to_on, meter_ids in rows}
    held: dict[int, date] = {}
    for to_on, meter_ids in latest.values():
        for meter_id in meter_ids:
            held[meter_id] = max(to_on, held.get(meter_id, to_on))
    return held


async def refuse_pooled(session: AsyncSession, meter_id: int, on: date) -> None:
    """Raises UserError where the meter's value of that day is part of a pool."""
    through = (await pooled_through(session)).get(meter_id)
    if through is not None and on <= through:
        raise UserError(POOLED)
