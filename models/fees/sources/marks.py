"""Marks of what has been charged: the column `bill_id` on the row a line was computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.base import Base


async def mark(session: AsyncSession, table: type[Base], bills: Mapping[int, int]) -> None:
    """Puts the bill on each row: row id → bill id. `table` has the columns id and bill_id."""
    if not bills:
        return
    target: Any = table.__table__
    statement = (
        update(target).where(target.c.id == bindparam("row_id")).values(bill_id=bindparam("charged_by"))
    )
    rows = [{"row_id": row_id, "charged_by": bill_id} for row_id, bill_id in sorted(bills.items())]
    await (await session.connection()).execute(statement, rows)


async def unmark(session: AsyncSession, table: type[Base], bill_ids: Sequence[int]) -> None:
    """Takes these bills off all rows that carry them."""
    target: Any = table.__table__
    await session.execute(update(target).where(target.c.bill_id.in_(bill_ids)).values(bill_id=None))
