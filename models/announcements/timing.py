"""When an announcement goes out: not in quiet hours, not around the full and half hour; when its approval is late. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from models.announcements.announcement import URGENT
from models.calendar.quiet import next_allowed
from models.calendar.working_days import Calendar, CalendarUnknown
from models.clock import at_local, local, local_date
from models.rules import Rules

_MORNING, _EVENING = 9, 17
"""Hours at which those who approve are at their desks [manual 二: 8:30–17:30]."""


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


def ask_again_at(
    made_at: datetime, kind: str, start: datetime | None, rules: Rules, calendar: Calendar
) -> datetime:
    """When those who may approve are asked once more: in good time before the planned start, else the next working
    morning; what is pressing after minutes.
    """
    soon = made_at + timedelta(minutes=rules.announcements.ask_again_urgent_min)
    if kind == URGENT:
        return soon
    if start is None:
        return max(soon, _next_morning(local_date(made_at), calendar))
    before = start - timedelta(hours=rules.announcements.ask_again_before_h)
    at = max(soon, _at_the_desk(before, calendar))
    allowed = next_allowed(at, rules.calendar.quiet_from, rules.calendar.quiet_until)
    return allowed if allowed < start else at


def _next_morning(day: date, calendar: Calendar) -> datetime:
    day += timedelta(days=1)
    while not _is_working(day, calendar):
        day += timedelta(days=1)
    return at_local(day, _MORNING)


def _at_the_desk(at: datetime, calendar: Calendar) -> datetime:
    """The last moment up to `at` in office hours of a working day."""
    here = local(at)
    day, late = here.date(), here.time() >= time(_EVENING)
    if not late and here.time() >= time(_MORNING) and _is_working(day, calendar):
        return at
    if not late:
        day -= timedelta(days=1)
    while not _is_working(day, calendar):
        day -= timedelta(days=1)
    return at_local(day, _EVENING)


def _is_working(day: date, calendar: Calendar) -> bool:
    """A year whose holidays nobody has entered counts from Monday to Friday here: a reminder a day off does no harm."""
    try:
        return calendar.is_working_day(day)
    except CalendarUnknown:
        return day.isoweekday() <= 5
