"""From readings to usage: first, replaced, rolled over, late, odd."""

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.fees.metering import (
    DoubtKind,
    Problem,
    ReadingProblem,
    Replacement,
    Usage,
    plausibility,
    usage,
)

VALUES = st.decimals(0, 99999, places=1)
SWAP = Replacement(
    date(2026, 3, 10), old_final=D(130), new_first=D(5), old_multiplier=D(40), new_multiplier=D(60)
)


def test_the_first_reading_is_a_baseline_and_charges_nothing():
    assert usage(None, D(812)) == Usage(D(0), baseline=True)


def test_usage_is_the_difference_times_the_multiplier():
    assert usage(D("100.5"), D(120), multiplier=D(40)) == Usage(D(780))
    assert usage(D(100), D(100)) == Usage(D(0))


def test_a_replaced_meter_counts_both_meters_with_their_multipliers():
    assert usage(D(100), D(7), replacement=SWAP) == Usage(D(30 * 40 + 2 * 60))


def test_a_changed_multiplier_splits_the_period():
    change = Replacement(date(2026, 3, 10), D(150), D(150), D(1), D(40))
    assert usage(D(100), D(160), replacement=change) == Usage(D(50 + 10 * 40))


def test_a_rollover_needs_known_digits_and_a_person():
    rolled = usage(D(99980), D(20), digits=5, rollover_confirmed=True, multiplier=D(2))
    assert rolled == Usage(D(80), rolled_over=True)


@pytest.mark.parametrize(
    ("previous", "current", "more", "problem"),
    [
        (99980, 20, {}, Problem.LOWER),
        (99980, 20, {"digits": 5}, Problem.LOWER),
        (99980, 20, {"rollover_confirmed": True}, Problem.LOWER),
        (123456, 20, {"digits": 5, "rollover_confirmed": True}, Problem.LOWER),
        (131, 7, {"replacement": SWAP}, Problem.LOWER),
        (100, 4, {"replacement": SWAP}, Problem.LOWER),
        (100, -1, {}, Problem.NEGATIVE),
        (100, 100000, {"digits": 5}, Problem.TOO_MANY_DIGITS),
        (None, -1, {}, Problem.NEGATIVE),
    ],
)
def test_a_reading_that_can_not_be_right_comes_back_with_what_to_do(previous, current, more, problem):
    answer = usage(None if previous is None else D(previous), D(current), **more)
    assert isinstance(answer, ReadingProblem)
    assert answer.problem == problem
    assert "请核对" in answer.text


@given(VALUES, VALUES, st.sampled_from([D(1), D(40)]))
def test_usage_is_never_negative(previous, current, multiplier):
    answer = usage(previous, current, multiplier=multiplier, digits=5, rollover_confirmed=True)
    assert isinstance(answer, Usage)
    assert answer.quantity >= 0
    assert answer.rolled_over == (current < previous)


@pytest.mark.parametrize(
    ("current", "history", "occupied", "kinds"),
    [
        (0, [10, 12], True, [DoubtKind.ZERO]),
        (0, [10, 0], False, []),
        (0, [], True, [DoubtKind.ZERO]),
        (31, [10, 9, 11], True, [DoubtKind.HIGH]),
        (30, [10, 9, 11], True, []),
        (9, [9, 12, 9], True, [DoubtKind.SAME]),
        (9, [9, 12, 10], True, []),
        (40, [1, 1, 40], False, [DoubtKind.HIGH, DoubtKind.SAME]),
        (5, [0, 0, 0], False, [DoubtKind.HIGH]),
        (5, [], True, []),
    ],
)
def test_an_odd_usage_comes_back_as_a_question_with_a_photo(current, history, occupied, kinds):
    doubts = plausibility(D(current), [D(value) for value in history], occupied)
    assert [doubt.kind for doubt in doubts] == kinds
    assert all("请拍一张表盘照片" in doubt.text for doubt in doubts)


def test_the_question_names_the_figures():
    (doubt,) = plausibility(D("1200.0"), [D(100), D("110.5")], True)
    assert "1200" in doubt.text
    assert "105.25 的 3 倍" in doubt.text


def test_what_counts_as_odd_can_be_set():
    assert plausibility(D(31), [D(10)], True, odd_factor=D(4)) == []
