"""Looks at the queues each minute, shows them on /metrics, and calls for a person when one of them does not move.

What waits for a clock that was put back since is brought forward.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

import structlog

from bot.core import Core
from models.lease import SKEW
from models.messages.alarm import alarm
from models.operation.clock_back import catch_up
from models.operation.standing import Standing, standing
from models.operation.watching import troubles

log = structlog.get_logger(__name__)

EVERY = timedelta(minutes=1)


class QueueWatch:
    """Remembers the looks of the last minutes. Every process has one; an alarm is said once for all of them."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._looks: deque[Standing] = deque(maxlen=core.rules.operation.grows_looks)
        self._next: datetime | None = None
        self._looked: datetime | None = None
        self._causes: set[str] = set()

    async def work(self) -> int:
        """Looks, if it is time to; 1 when somebody was called."""
        core, now = self._core, self._core.clock.now()
        if self._next and self._next - EVERY <= now < self._next:  # earlier: the clock was put back
            return 0
        self._next = now + EVERY
        if self._looked is None or now < self._looked:  # who starts does not know what was before
            await self._catch_up(now)
        self._looked = now
        self._looks.append(await standing(core.db, now))
        found = troubles(list(self._looks), core.rules.operation)
        for trouble in found:
            if trouble.cause not in self._causes:  # once, as long as it lasts
                log.error("queue in trouble", cause=trouble.cause)
            async with core.db.begin() as session:
                await alarm(session, trouble.cause, trouble.text, now, core.rules)
        self._causes = {trouble.cause for trouble in found}
        return int(bool(found))

    async def _catch_up(self, now: datetime) -> None:
        async with self._core.db.begin() as session:
            found = await catch_up(session, now)
            # This process may have stood still since it asked for the time: then it is only its own clock that was late.
            if found and self._core.clock.now() <= now + SKEW:
                log.warning("clock was put back")
            else:
                await session.rollback()
