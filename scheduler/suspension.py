"""Watches suspensions: what speaks against one ends it within seconds, decisions lapse, restoring is timed.

Not a job of the table: it owes nothing to runs. Whoever carries a suspension out is judged anew at that moment anyway.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from models.rules import Rules
from models.suspension.machine import State
from models.suspension.moves import Act, review
from models.suspension.news import tell_late
from models.suspension.suspension import live_ids, unlocked_one
from scheduler.registry import UnitsOfWork

EVERY = timedelta(seconds=10)


class SuspensionWatch:
    """Looks at the few that are not over, at most every ten seconds."""

    def __init__(self, units: UnitsOfWork, rules: Rules) -> None:
        self._units = units
        self._rules = rules
        self._look_again: datetime | None = None

    async def look(self, now: datetime) -> int:
        """Reviews each in a transaction of its own; how many moved."""
        if self._look_again and now < self._look_again:
            return 0
        self._look_again = now + EVERY
        async with self._units.begin() as session:
            ids = await live_ids(session)
        return sum([await self._one(suspension_id, now) for suspension_id in ids])

    async def _one(self, suspension_id: int, now: datetime) -> bool:
        async with self._units.begin() as session:
            suspension = await unlocked_one(session, suspension_id)
            if suspension is None:
                return False
            if await review(session, suspension, Act(now, self._rules)):
                return True
            late = suspension.next_at is not None and now >= suspension.next_at
            if late and suspension.state is State.RESTORING:
                suspension.next_at = None
                await tell_late(session, suspension, now, self._rules)
            return late
