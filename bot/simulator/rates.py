"""Counts what happened within a sliding time."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import datetime, timedelta

_KEPT = timedelta(days=1)


class Rates:
    """Times of past hits by key, kept for a day, in memory: a restart forgives."""

    def __init__(self) -> None:
        self._hits: defaultdict[str, deque[datetime]] = defaultdict(deque)

    def hit(self, key: str, now: datetime) -> None:
        """Remembers one."""
        hits = self._hits[key]
        hits.append(now)
        while hits[0] <= now - _KEPT:
            hits.popleft()

    def count(self, key: str, now: datetime, within: timedelta) -> int:
        """How many since `now - within`."""
        return sum(1 for at in self._hits[key] if at > now - within)
