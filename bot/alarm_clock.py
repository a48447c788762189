"""APScheduler as alarm clock: it only wakes the engine; what is due is told by the tables.

Traps of 3.11 that this avoids: no job store (a late job would be dropped, a restart would forget it), a misfire grace
of None (its default is one second), an explicit time zone.
"""

from __future__ import annotations

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.engine import Engine
from models.clock import LOCAL

HEARTBEAT_S = 15
"""Bounds the effect of a jumping system clock: the timers of the loop do not see it."""


class AlarmClock:
    """Wakes the calendar loop regularly."""

    def __init__(self, engine: Engine) -> None:
        self._scheduler = AsyncIOScheduler(timezone=LOCAL)
        self._scheduler.add_job(
            engine.work_calendar,
            IntervalTrigger(seconds=HEARTBEAT_S, timezone=LOCAL),
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )

    def start(self) -> None:
        """Begins to wake."""
        self._scheduler.start()

    def stop(self) -> None:
        """Ends."""
        self._scheduler.shutdown(wait=False)
