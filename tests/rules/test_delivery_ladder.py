"""The delivery ladder: what staff have to do for an unproven letter on which day, and why that day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from models.calendar.working_days import Calendar
from models.notices.delivery_step import Rung
from models.notices.ladder import DueStep, Standing, due_step, visit_days
from models.rules import NoticeRules

RULES = NoticeRules()
CALENDAR = Calendar()


def on(month: int, day: int) -> date:
    return date(2026, month, day)


def tasks(letter: Standing, until: date, calendar: Calendar = CALENDAR) -> dict[date, Rung]:
    """Day → task, as if each was noted when it was given."""
    found, day = {}, letter.made_on
    while day <= until:
        if step := due_step(letter, day, RULES, calendar):
            found[day] = step.rung
            field = {Rung.VISIT: "visits", Rung.POST: "posts", Rung.TRACE: "traces"}[step.rung]
            letter = replace(letter, **{field: (*getattr(letter, field), day)})
            assert due_step(letter, day, RULES, calendar) == step, "the same day again it is the same"
        day += timedelta(days=1)
    return found


def test_a_payment_notice_is_brought_on_the_27th_and_28th_then_posted() -> None:
    letter = Standing(on(4, 24), monthly=True)
    assert tasks(letter, on(5, 20)) == {
        on(4, 27): Rung.VISIT, on(4, 28): Rung.VISIT, on(4, 29): Rung.POST,
    }  # fmt: skip


def test_visits_move_off_days_of_rest_with_the_reason() -> None:
    # 28 March 2026 is a Saturday.
    letter = Standing(on(3, 26), monthly=True)
    assert [(day.on, day.reason) for day in visit_days(letter, RULES, CALENDAR)] == [
        (on(3, 27), "28 日为休息日，提前至 27 日")
    ]
    assert tasks(letter, on(4, 10)) == {on(3, 27): Rung.VISIT, on(3, 30): Rung.POST}
    six_days = Calendar("six_day")
    assert tasks(letter, on(3, 29), six_days) == {on(3, 27): Rung.VISIT, on(3, 28): Rung.VISIT}


def test_in_a_short_month_every_visit_day_exists() -> None:
    rules = NoticeRules(visit_days=(30, 31), visit_shift="keep")
    assert [day.on for day in visit_days(Standing(on(2, 24), monthly=True), rules, CALENDAR)] == [on(2, 28)]


@pytest.mark.parametrize(
    ("made_on", "monthly", "visit_on"),
    [
        (on(4, 16), False, on(4, 20)),  # Thursday: two working days later is Monday
        (on(4, 28), True, on(4, 30)),  # issued on the last visit day itself
        (on(9, 29), False, on(10, 8)),  # over the national holiday
    ],
)
def test_other_letters_are_brought_two_working_days_later(
    made_on: date, monthly: bool, visit_on: date
) -> None:
    found = tasks(Standing(made_on, monthly), made_on + timedelta(days=20))
    assert [day for day, rung in found.items() if rung is Rung.VISIT] == [visit_on]


def test_a_visit_list_missed_by_downtime_is_made_up_on_the_next_working_day() -> None:
    letter = Standing(on(4, 24), monthly=True)
    assert due_step(letter, on(5, 2), RULES, CALENDAR) is None  # the Labour Day holiday
    step = due_step(letter, on(5, 6), RULES, CALENDAR)
    assert step == DueStep(Rung.VISIT, "4 月 28 日未能列出，今日补列")


def test_a_visit_asked_for_on_the_spot_does_not_bring_the_post_forward() -> None:
    letter = Standing(on(4, 20), monthly=True, visits=(on(4, 20),))
    assert tasks(letter, on(5, 20)) == {
        on(4, 27): Rung.VISIT, on(4, 28): Rung.VISIT, on(4, 29): Rung.POST,
    }  # fmt: skip


def test_a_refused_letter_is_posted_and_no_more_brought() -> None:
    letter = Standing(on(4, 24), monthly=True, visits=(on(4, 27),), refused_on=on(4, 27))
    assert tasks(letter, on(5, 20)) == {on(4, 28): Rung.POST}


def test_a_parcel_is_traced_until_its_end_is_known() -> None:
    letter = Standing(on(4, 24), monthly=True, visits=(on(4, 28),), posted_on=on(4, 29))
    assert tasks(letter, on(5, 13)) == {on(5, 6): Rung.TRACE, on(5, 11): Rung.TRACE}


def test_a_returned_parcel_is_posted_anew() -> None:
    letter = Standing(on(4, 24), monthly=True, visits=(on(4, 28),), posts=(on(4, 29),), returned_on=on(5, 8))
    assert tasks(letter, on(5, 30)) == {on(5, 9): Rung.POST}  # a make-up Saturday


def test_old_letters_are_left_to_the_dunning_ladder() -> None:
    letter = Standing(on(1, 26), monthly=True)
    assert due_step(letter, on(4, 1), RULES, CALENDAR) is None


def test_a_year_without_published_holidays_stops_nothing() -> None:
    letter = Standing(date(2040, 4, 24), monthly=True)
    assert tasks(letter, date(2040, 5, 3)) == {
        date(2040, 4, 27): Rung.VISIT, date(2040, 4, 28): Rung.VISIT, date(2040, 4, 30): Rung.POST,
    }  # fmt: skip
