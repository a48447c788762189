"""When an announcement goes out: not in quiet hours, not around the full and half hour. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.announcements.announcement import URGENT
from models.calendar.quiet import next_allowed
from models.rules import Rules


def start_at(wanted: datetime, kind: str, rules: Rules) -> datetime:
    """The first instant from `wanted` on at which many may be written to; what is urgent waits for nothing."""
    if kind == URGENT:
        return wanted
    quiet = rules.calendar
    return beside_the_hour(
        next_allowed(wanted, quiet.quiet_from, quiet.quiet_until), rules.announcements.spare_min
    )


def beside_the_hour(at: datetime, spare_min: int) -> datetime:
    """Past the crowd of every full and half hour (WeCom 90236 advises to avoid them)."""
    into = timedelta(minutes=at.minute % 30, seconds=at.second, microseconds=at.microsecond)
    spare, half = timedelta(minutes=spare_min), timedelta(minutes=30)
    if into < spare:
        return at - into + spare
    return at - into + half + spare if into > half - spare else at
