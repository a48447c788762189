"""Until when a process has something to itself, by clocks that differ and can be put back."""

from __future__ import annotations

from datetime import datetime, timedelta

SKEW = timedelta(minutes=2)
"""By how much the clocks of two machines may differ [practice: 90 s happen]."""


def is_held(until: datetime | None, now: datetime, longest: timedelta) -> bool:
    """Whether a lease runs now. One that ends further away than any lease does was written before the clock was put back:
    by then nobody can tell when it ends, so it has ended.

    longest: how far away an end is set.
    """
    return until is not None and now < until <= latest_end(now, longest)


def latest_end(now: datetime, longest: timedelta) -> datetime:
    """No lease that is given now, by whichever clock, ends later."""
    return now + longest + SKEW
