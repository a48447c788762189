"""Target times in duty hours: what is reported at night begins to count in the morning."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar.duty import DutyHours, between, later_by
from models.clock import LOCAL

DAILY = DutyHours(time(8, 30), time(22))
WEEK = DutyHours(time(8, 30), time(17, 30), frozenset({1, 2, 3, 4, 5, 6}))
NIGHT = DutyHours(time(22), time(6))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("hours", "at", "minutes", "due"),
    [
        (DAILY, "2026-03-16 09:00", 30, "2026-03-16 09:30"),
        (DAILY, "2026-03-16 23:10", 30, "2026-03-17 09:00"),
        (DAILY, "2026-03-16 21:50", 30, "2026-03-17 08:50"),
        (DAILY, "2026-03-16 21:30", 30, "2026-03-16 22:00"),
        (DAILY, "2026-03-16 07:00", 0, "2026-03-16 08:30"),
        (DAILY, "2026-03-16 10:00", 810, "2026-03-17 10:00"),
        (WEEK, "2026-03-21 17:00", 60, "2026-03-23 09:00"),
        (NIGHT, "2026-03-16 01:00", 60, "2026-03-16 02:00"),
        (NIGHT, "2026-03-16 12:00", 60, "2026-03-16 23:00"),
        (None, "2026-03-16 23:10", 30, "2026-03-16 23:40"),
    ],
)
def test_when_so_much_duty_time_has_passed(hours: DutyHours | None, at: str, minutes: int, due: str) -> None:
    found = later_by(local(at), timedelta(minutes=minutes), hours)
    assert found == local(due)
    assert between(local(at), found, hours) == timedelta(minutes=minutes)


@given(
    st.integers(0, 480_000).map(lambda minutes: local("2026-01-01 00:00") + timedelta(minutes=minutes)),
    st.integers(0, 5000),
    st.integers(0, 5000),
    st.sampled_from([DAILY, WEEK, NIGHT, None]),
)
def test_the_time_left_is_what_is_waited_for(
    at: datetime, first: int, second: int, hours: DutyHours | None
) -> None:
    """A pause in between changes nothing: as much is left as was."""
    one, both = timedelta(minutes=first), timedelta(minutes=first + second)
    there = later_by(at, one, hours)
    assert there >= at
    assert between(at, there, hours) == one
    assert between(at, later_by(at, both, hours), hours) - one == both - one
    assert later_by(there, both - one, hours) == later_by(at, both, hours) or second == 0
