"""A meter's row of marks: late values between two others, and estimates that a real value settles."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.fees.meter import Meter, MeterChange, MeterKind
from models.fees.meter_book import Mark, MeterBook, Settlement
from models.fees.metering import Problem, ReadingProblem, Usage
from models.fees.reading_checks import fits, reanchored
from models.people.unit import Unit

D = Decimal
VALUES = st.decimals(0, 99999, places=1)


def mark(month: int, value: Decimal | int | str, **more: object) -> Mark:
    """The reading of a month of 2026."""
    return Mark("reading", month, date(2026, month, 20), D(value), None, f"2026-{month:02}", **more)  # type: ignore[arg-type]


def book(*marks: Mark, multiplier: int = 1, changes: tuple[MeterChange, ...] = ()) -> MeterBook:
    """An electric meter of five digits."""
    meter = Meter(number="E-1", kind=MeterKind.ELECTRICITY, multiplier=D(multiplier), digits=5)
    return MeterBook(meter, Unit(code="A-1203"), list(marks), list(changes))


def swap(on: date, old_final: int, new_first: int, old: int = 40, new: int = 60) -> MeterChange:
    """The meter was exchanged."""
    return MeterChange(
        changed_on=on, old_final=D(old_final), new_first=D(new_first),
        old_multiplier=D(old), new_multiplier=D(new),
    )  # fmt: skip


def quantity(used: Usage | ReadingProblem) -> Decimal:
    """Of a usage that must be one."""
    assert isinstance(used, Usage)
    return used.quantity


@given(VALUES, VALUES, VALUES)
def test_a_late_value_moves_usage_but_makes_none(one: Decimal, two: Decimal, three: Decimal) -> None:
    low, middle, high = (mark(month, value) for month, value in enumerate(sorted((one, two, three)), start=1))
    before = book(low, high, multiplier=40)
    assert fits(before, middle) is None
    after = book(low, middle, high, multiplier=40)
    moved = quantity(after.usage(low, middle)) + quantity(after.usage(middle, high))
    assert moved == quantity(before.usage(low, high))


def test_who_hands_in_a_late_value_hears_what_it_changes() -> None:
    both = book(mark(1, 100), mark(3, 500))
    assert reanchored(both, date(2026, 2, 20), D(250)) == "2026-03-20 的用量由 400 改为 250"
    assert reanchored(both, date(2026, 4, 20), D(600)) == ""


@pytest.mark.parametrize(
    ("late", "on", "expected"),
    [(120, date(2026, 3, 5), (20 * 40, 10 * 40 + 3 * 60)), (6, date(2026, 3, 15), (30 * 40 + 60, 2 * 60))],
)
def test_a_late_value_knows_on_which_meter_it_was_read(
    late: int, on: date, expected: tuple[int, int]
) -> None:
    first, last = mark(2, 100), mark(3, 8)
    middle = Mark("handover", 9, on, D(late), None)
    change = swap(date(2026, 3, 10), 130, 5)
    assert fits(book(first, last, multiplier=60, changes=(change,)), middle) is None
    after = book(first, middle, last, multiplier=60, changes=(change,))
    assert (quantity(after.usage(first, middle)), quantity(after.usage(middle, last))) == expected


def test_a_late_value_before_a_rollover_leaves_the_rollover_alone() -> None:
    rolled = book(mark(1, 99900), mark(3, 50, rollover=True))
    assert fits(rolled, mark(2, 99990)) is None
    assert quantity(rolled.usage(mark(2, 99990), rolled.marks[1])) == 60


@pytest.mark.parametrize(
    ("late", "billed", "problem"),
    [(12, True, Problem.BILLED), (9, False, Problem.LOWER), (16, False, Problem.LOWER)],
)
def test_a_late_value_that_does_not_fit_is_refused(late: int, billed: bool, problem: Problem) -> None:
    later = Mark("reading", 3, date(2026, 3, 20), D(15), 7 if billed else None, "2026-03")
    answer = fits(book(mark(1, 10), later), mark(2, late))
    assert answer is not None
    assert answer.problem is problem
    assert "请" in answer.text


def test_an_estimate_is_charged_and_the_next_real_value_settles_it() -> None:
    real, guess, end = mark(1, 100), mark(2, 150, estimated=True), mark(3, 180)
    row = book(real, guess, end, multiplier=40)
    assert quantity(row.usage(real, guess)) == 50 * 40
    assert quantity(row.usage(guess, end)) == 30 * 40
    assert row.settlement(guess, end) == Settlement(real, D(80 * 40), D(50 * 40), 2)


def test_an_estimate_that_was_too_high_is_given_back() -> None:
    guess, end = mark(2, 150, estimated=True), mark(3, 120)
    row = book(mark(1, 100), guess)
    assert fits(row, end) is None
    assert quantity(row.usage(guess, end)) == -30


def test_below_the_last_real_value_it_is_still_an_error() -> None:
    answer = fits(book(mark(1, 100), mark(2, 150, estimated=True)), mark(3, 90))
    assert answer is not None
    assert (answer.problem, "小于上次 100" in answer.text) == (Problem.LOWER, True)


def test_two_estimates_in_a_row_are_settled_together_over_a_new_meter() -> None:
    first, second = mark(2, 150, estimated=True), mark(3, 200, estimated=True)
    row = book(mark(1, 100), first, second, changes=(swap(date(2026, 4, 1), 170, 0, old=1, new=1),))
    settled = row.settlement(second, mark(4, 10))
    assert isinstance(settled, Settlement)
    assert (settled.whole, settled.charged, settled.rest, settled.months) == (80, 100, -20, 3)


def test_history_knows_months_that_were_read_and_spreads_what_was_settled() -> None:
    row = book(mark(1, 100), mark(2, 110), mark(3, 200, estimated=True), mark(4, 150))
    assert row.history(date(2026, 4, 20)) == [D(10), D(20)]


@given(VALUES, st.lists(VALUES, min_size=1, max_size=4), VALUES)
def test_estimates_change_when_something_is_charged_but_never_how_much(
    first: Decimal, guesses: list[Decimal], last: Decimal
) -> None:
    low, high = sorted((first, last))
    start, end = mark(1, low), mark(len(guesses) + 2, high)
    estimates = [mark(n, max(low, guess), estimated=True) for n, guess in enumerate(sorted(guesses), start=2)]
    row = book(start, *estimates, end)
    assert sum(quantity(row.usage(each.start, each.end)) for each in row.stretches()) == high - low
