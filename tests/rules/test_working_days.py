"""Working days, the 11th of every month, and days that move."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar.working_days import Calendar, CalendarUnknown, Shifted, day_of_month
from models.errors import ConfigError, ServiceError

STATUTORY = {
    2025: "01-16 02-18 03-17 04-16 05-20 06-17 07-15 08-15 09-15 10-22 11-17 12-15",
    2026: "01-16 02-14 03-16 04-16 05-19 06-15 07-15 08-17 09-15 10-21 11-16 12-15",
}
SIX_DAY_2026 = "01-15 02-13 03-13 04-15 05-18 06-12 07-13 08-13 09-12 10-20 11-13 12-12"

CASES = [
    (mode, year, month, f"{year}-{day}")
    for mode, years in (("statutory", STATUTORY), ("six_day", {2026: SIX_DAY_2026}))
    for year, row in years.items()
    for month, day in enumerate(row.split(), start=1)
]
KNOWN_DAYS = st.dates(date(2024, 3, 1), date(2026, 9, 1))


@pytest.mark.parametrize(("mode", "year", "month", "expected"), CASES)
def test_the_eleventh_working_day(mode, year, month, expected):
    assert Calendar(mode).nth_working_day(year, month, 11) == date.fromisoformat(expected)


def test_the_naive_week_is_wrong_in_eleven_of_the_months():
    def naive(year, month):
        days = [date(year, month, n) for n in range(1, 29)]
        return [day for day in days if day.weekday() < 5][10]

    calendar = Calendar()
    wrong = [
        (year, month)
        for year in (2025, 2026)
        for month in range(1, 13)
        if naive(year, month) != calendar.nth_working_day(year, month, 11)
    ]
    assert len(wrong) == 11


@pytest.mark.parametrize(
    ("day", "statutory", "six_day"),
    [
        ("2026-02-14", True, True),  # make-up Saturday
        ("2026-01-04", True, True),  # make-up Sunday
        ("2026-02-16", False, False),  # a Monday of the Spring Festival
        ("2026-10-03", False, False),  # a Saturday of the National Day
        ("2026-03-07", False, True),  # ordinary Saturday
        ("2026-03-08", False, False),  # ordinary Sunday
        ("2026-03-09", True, True),
    ],
)
def test_a_day_in_both_kinds_of_week(day, statutory, six_day):
    on = date.fromisoformat(day)
    assert (Calendar().is_working_day(on), Calendar("six_day").is_working_day(on)) == (statutory, six_day)


@pytest.mark.parametrize("n", [0, -1, 17, 40])
def test_a_working_day_the_month_does_not_have(n):
    with pytest.raises(ValueError, match="2026-02"):
        Calendar().nth_working_day(2026, 2, n)


def test_nobody_guesses_a_year_that_is_not_published():
    calendar = Calendar()
    with pytest.raises(CalendarUnknown, match="2027 年的放假和调休安排还没有录入") as caught:
        calendar.nth_working_day(2027, 1, 1)
    assert isinstance(caught.value, ServiceError)
    assert caught.value.year == 2027
    assert (calendar.known(2026), calendar.known(2027), calendar.known(2003)) == (True, False, False)


def test_counting_over_the_last_known_day_is_refused():
    with pytest.raises(CalendarUnknown):
        Calendar().add_working_days(date(2026, 12, 31), 1)


def test_single_dates_do_not_make_a_year_known():
    calendar = Calendar(extra_rest=frozenset({date(2027, 1, 1)}))
    with pytest.raises(CalendarUnknown):
        calendar.is_working_day(date(2027, 1, 1))


def test_a_year_whose_dates_were_entered_counts():
    calendar = Calendar(
        extra_rest=frozenset({date(2027, 1, 1)}),
        extra_work=frozenset({date(2027, 1, 2)}),
        entered_years=frozenset({2027}),
    )
    assert calendar.known(2027)
    assert calendar.nth_working_day(2027, 1, 1) == date(2027, 1, 2)
    assert calendar.nth_working_day(2027, 1, 2) == date(2027, 1, 4)


def test_dates_of_the_centre_win_over_the_published_ones():
    calendar = Calendar(
        extra_rest=frozenset({date(2026, 2, 14), date(2026, 3, 9)}), extra_work=frozenset({date(2026, 10, 1)})
    )
    assert not calendar.is_working_day(date(2026, 2, 14))
    assert not calendar.is_working_day(date(2026, 3, 9))
    assert calendar.is_working_day(date(2026, 10, 1))


def test_a_date_can_not_be_both():
    both = frozenset({date(2027, 5, 1)})
    with pytest.raises(ConfigError, match="2027-05-01"):
        Calendar(extra_rest=both, extra_work=both)


def test_an_unknown_kind_of_week_is_refused():
    with pytest.raises(ValueError, match="seven_day"):
        Calendar("seven_day")


@pytest.mark.parametrize(
    ("day", "rule", "on", "reason"),
    [
        ("2026-04-26", "previous", "2026-04-24", "26 日为休息日，提前至 24 日"),
        ("2026-04-26", "keep", "2026-04-26", ""),
        ("2026-09-26", "previous", "2026-09-24", "26 日为休息日，提前至 24 日"),
        ("2026-07-26", "next", "2026-07-27", "26 日为休息日，顺延至 27 日"),
        ("2026-10-01", "previous", "2026-09-30", "10 月 1 日为休息日，提前至 9 月 30 日"),
        ("2026-01-31", "next", "2026-02-02", "1 月 31 日为休息日，顺延至 2 月 2 日"),
        ("2027-01-01", "keep", "2027-01-01", ""),
        ("2026-03-26", "previous", "2026-03-26", ""),
    ],
)
def test_a_day_off_moves_by_its_rule_and_says_why(day, rule, on, reason):
    shifted = Calendar().shift(date.fromisoformat(day), rule)
    assert shifted == Shifted(date.fromisoformat(on), reason)


def test_the_six_day_week_moves_a_sunday_to_the_saturday():
    shifted = Calendar("six_day").shift(date(2026, 4, 26), "previous")
    assert shifted == Shifted(date(2026, 4, 25), "26 日为休息日，提前至 25 日")


@given(KNOWN_DAYS, st.integers(-60, 60))
def test_adding_working_days_passes_exactly_so_many(day, n):
    calendar = Calendar()
    there = calendar.add_working_days(day, n)
    low, high = sorted((day, there))
    passed = [low + timedelta(days=k) for k in range(0 if n < 0 else 1, (high - low).days + (n >= 0))]
    assert sum(map(calendar.is_working_day, passed)) == abs(n)
    assert n == 0 or calendar.is_working_day(there)


@pytest.mark.parametrize(
    ("year", "month", "day", "expected"),
    [
        (2026, 2, 30, date(2026, 2, 28)),
        (2028, 2, 30, date(2028, 2, 29)),
        (2026, 4, 31, date(2026, 4, 30)),
        (2026, 3, 30, date(2026, 3, 30)),
    ],
)
def test_the_thirtieth_of_a_short_month_is_its_last_day(year, month, day, expected):
    assert day_of_month(year, month, day) == expected
