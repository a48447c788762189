"""The only place that reads the time of day.

Instants are aware UTC everywhere; dates and times of day are of the park, Asia/Shanghai.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        return datetime.now(UTC)  # noqa: TID251


class VirtualClock:
    """A clock that can be moved forward, to rehearse a month in seconds.

    `running`: between moves it goes on at the pace of real time (the demo); else it stands still (tests).
    """

    def __init__(self, start: datetime, *, running: bool = False) -> None:
        if start.tzinfo is None:
            raise ValueError("start must be an aware datetime")
        self._base = start.astimezone(UTC)
        self._running = running
        self._since = time.monotonic()

    def now(self) -> datetime:
        """The present virtual instant, aware, UTC."""
        if not self._running:
            return self._base
        return datetime.fromtimestamp(self._base.timestamp() + time.monotonic() - self._since, UTC)

    def set(self, to: datetime) -> None:
        """Moves to `to`; moving back is ignored, because what has happened stays happened."""
        if to > self.now():
            self._base = to.astimezone(UTC)
            self._since = time.monotonic()


def local(instant: datetime) -> datetime:
    """The same instant on the park's clock."""
    return instant.astimezone(LOCAL)


def local_date(instant: datetime) -> date:
    """The park's calendar day at that instant."""
    return instant.astimezone(LOCAL).date()


def at_local(day: date, hour: int, minute: int = 0) -> datetime:
    """The UTC instant of a time of day in the park."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LOCAL).astimezone(UTC)
