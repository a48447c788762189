"""When an announcement goes out: not in quiet hours, not around the full and half hour. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.announcements.announcement import URGENT
from models.calendar.quiet import next_allowed
from models.rules import Rules


def start_at(wanted: datetime, kind: str, from_at: datetime | None, rules: Rules) -> datetime:
    """The first instant from `wanted` on at which many may be written to; what is pressing waits for nothing.

    Pressing is an alarm, and an outage that runs or is about to: told later it would be of no use [practice].
    """
    near = timedelta(minutes=rules.announcements.near_min)
    if kind == URGENT or (from_at is not None and from_at < wanted + near):
        return wanted
    quiet = rules.calendar
    allowed = next_allowed(wanted, quiet.quiet_from, quiet.quiet_until)
    return beside_the_hour(allowed, rules.announcements.spare_min)


def beside_the_hour(at: datetime, spare_min: int) -> datetime:
    """Past the crowd of every full and half hour (WeCom 90236 advises to avoid them)."""
    into = timedelta(minutes=at.minute % 30, seconds=at.second, microseconds=at.microsecond)
    spare, half = timedelta(minutes=spare_min), timedelta(minutes=30)
    if into < spare:
        return at - into + spare
    return at - into + half + spare if into > half - spare else at
