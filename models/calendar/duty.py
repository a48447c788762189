"""Target times that count only while somebody is on duty: pure arithmetic on the park's clock [practice].

When people may be disturbed is another question: models.calendar.quiet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from models.clock import LOCAL, local

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DutyHours:
    """The same hours on these days of the week, 1 is Monday. Where both ends are equal the clock never stands still."""

    begins: time
    ends: time
    weekdays: frozenset[int] = frozenset(range(1, 8))

    def span(self, day: date) -> tuple[datetime, datetime]:
        """From when to when somebody is on duty that day; an empty span on a day without duty."""
        start = datetime.combine(day, self.begins, tzinfo=LOCAL)
        if day.isoweekday() not in self.weekdays:
            return start, start
        end_day = day if self.begins < self.ends else day + _DAY
        return start, datetime.combine(end_day, self.ends, tzinfo=LOCAL)


def later_by(at: datetime, by: timedelta, hours: DutyHours | None) -> datetime:
    """The instant at which so much duty time has passed since `at`; without hours every minute counts."""
    if hours is None or not hours.weekdays or hours.begins == hours.ends:
        return (at + by).astimezone(UTC)
    day, left = local(at).date() - _DAY, by
    while True:
        start, end = hours.span(day)
        start = max(start, at)
        if start < end and left <= end - start:
            return (start + left).astimezone(UTC)
        left -= max(end - start, timedelta(0))
        day += _DAY


def between(start: datetime, end: datetime, hours: DutyHours | None) -> timedelta:
    """How much duty time lies between two instants; negative when the second is the earlier."""
    if end < start:
        return -between(end, start, hours)
    if hours is None or not hours.weekdays or hours.begins == hours.ends:
        return end - start
    day, last, total = local(start).date() - _DAY, local(end).date(), timedelta(0)
    while day <= last:
        opens, closes = hours.span(day)
        total += max(min(closes, end) - max(opens, start), timedelta(0))
        day += _DAY
    return total
