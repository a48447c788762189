"""Fires the deadlines of cases. Not a job of the table: the runner calls it every second, and it owes nothing to runs."""

from __future__ import annotations

from datetime import datetime

from models.cases.overdue import due_deadlines, fire
from models.rules import Rules
from scheduler.registry import UnitsOfWork

CHUNK = 50


async def fire_due(units: UnitsOfWork, now: datetime, rules: Rules) -> int:
    """Fires what is due at `now`, in order, at most 50 in a transaction, each once; how many."""
    total = 0
    while fired := await _fire_chunk(units, now, rules):
        total += fired
    return total


async def _fire_chunk(units: UnitsOfWork, now: datetime, rules: Rules) -> int:
    async with units.begin() as session:
        due = await due_deadlines(session, now, CHUNK)
        if not due:
            await session.rollback()
        return await fire(session, due, now, rules) if due else 0
