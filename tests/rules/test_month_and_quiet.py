"""Months as people name them, and hours in which nobody is disturbed."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar.period import Month
from models.calendar.quiet import next_allowed
from models.clock import at_local, local
from models.errors import UserError

TODAY = date(2026, 3, 20)
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03", "2026-03"),
        ("2026年3月", "2026-03"),
        (" 2026 年 3 月 ", "2026-03"),
        ("2026年3月份", "2026-03"),
        ("2025/12", "2025-12"),
        ("2025.1", "2025-01"),
        ("202511", "2025-11"),
        ("２０２６－０３", "2026-03"),
        ("3月", "2026-03"),
        ("03月", "2026-03"),
        ("三月", "2026-03"),
        ("2月份", "2026-02"),
        ("4月", "2025-04"),  # April has not begun, so it is last year's
        ("十二月", "2025-12"),
        ("十月", "2025-10"),
        ("本月", "2026-03"),
        ("上个月", "2026-02"),
    ],
)
def test_a_month_as_people_write_it(text, expected):
    assert str(Month.parse(text, TODAY)) == expected


@pytest.mark.parametrize(
    "text",
    ["", "2026-13", "2026-00", "13月", "0月", "3", "1999-05", "9999-01", "三", "去年", "2026-3-1", "😀"],
)
def test_what_is_no_month_is_answered_with_the_form(text):
    with pytest.raises(UserError, match="请写成 2026-03 或 3月"):
        Month.parse(text, TODAY)


def test_last_month_in_january_is_december():
    assert Month.parse("上月", date(2026, 1, 5)) == Month(2025, 12)


def test_the_days_of_a_month():
    february = Month(2028, 2)
    assert (february.first_day, february.last_day, february.days) == (date(2028, 2, 1), date(2028, 2, 29), 29)
    assert (str(february), february.label) == ("2028-02", "2028年2月")
    assert Month.of(date(2028, 2, 29)) == february


def test_months_follow_each_other_over_the_year():
    assert Month(2025, 12).next() == Month(2026, 1)
    assert Month(2026, 1).previous() == Month(2025, 12)
    assert sorted([Month(2026, 1), Month(2025, 12)]) == [Month(2025, 12), Month(2026, 1)]


def test_there_is_no_thirteenth_month():
    with pytest.raises(ValueError, match="13"):
        Month(2026, 13)


@given(st.integers(2001, 2098), st.integers(1, 12), st.integers(-11, 11))
def test_going_and_coming_back_is_the_same_month(year, month, steps):
    start = Month(year, month)
    assert start.plus(steps).plus(-steps) == start
    assert (start.plus(steps) < start) == (steps < 0)
    assert Month.parse(str(start), TODAY) == Month.parse(start.label, TODAY) == start


@pytest.mark.parametrize(
    ("hour", "minute", "day", "until_hour", "until_minute"),
    [
        (2, 0, 11, 8, 30),  # counted at 02:00, sent at 08:30
        (8, 29, 11, 8, 30),
        (8, 30, 11, 8, 30),
        (12, 0, 11, 12, 0),
        (20, 59, 11, 20, 59),
        (21, 0, 12, 8, 30),
        (23, 59, 12, 8, 30),
    ],
)
def test_at_night_we_wait_for_the_morning(hour, minute, day, until_hour, until_minute):
    at = at_local(date(2026, 3, 11), hour, minute)
    assert next_allowed(at) == at_local(date(2026, 3, day), until_hour, until_minute)


def test_quiet_hours_may_lie_within_a_day_or_not_be_at_all():
    noon = at_local(date(2026, 3, 11), 12, 30)
    assert next_allowed(noon, time(12), time(14)) == at_local(date(2026, 3, 11), 14)
    assert next_allowed(noon, time(13), time(14)) == noon
    assert next_allowed(noon, time(12, 30), time(12, 30)) == noon


def test_an_instant_of_another_zone_comes_back_in_utc():
    at = datetime(2026, 3, 11, 12, tzinfo=timezone(timedelta(hours=8)))
    assert next_allowed(at).utcoffset() == timedelta(0)


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        next_allowed(datetime(2026, 3, 11, 12))  # noqa: DTZ001


@given(INSTANTS, TIMES, TIMES)
def test_what_is_allowed_is_allowed_and_not_a_day_away(at, quiet_from, quiet_until):
    allowed = next_allowed(at, quiet_from, quiet_until)
    assert timedelta(0) <= allowed - at < timedelta(days=1)
    assert next_allowed(allowed, quiet_from, quiet_until) == allowed
    assert allowed == at or local(allowed).time() == quiet_until
