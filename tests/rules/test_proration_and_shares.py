"""Property fees of part months, and shared costs to the last 分."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar.period import Month
from models.errors import UserError
from models.fees.proration import ProratedFee, property_fee_fen
from models.fees.shares import NegativePool, split

MARCH = Month(2026, 3)
WEIGHTS = st.lists(st.decimals(0, 5000, places=2), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("start", "end", "days", "amount_fen"),
    [
        (None, None, 31, 123450),
        (date(2026, 3, 1), date(2026, 3, 31), 31, 123450),
        (date(2020, 1, 1), date(2030, 1, 1), 31, 123450),
        (date(2026, 3, 17), None, 15, 59734),  # 1234.50 × 15 / 31 = 597.3387
        (None, date(2026, 3, 16), 16, 63716),  # 1234.50 × 16 / 31 = 637.1613
        (date(2026, 3, 31), date(2026, 3, 31), 1, 3982),
        (date(2026, 4, 1), None, 0, 0),
        (None, date(2026, 2, 28), 0, 0),
        (date(2026, 3, 20), date(2026, 3, 10), 0, 0),
    ],
)
def test_a_part_month_by_actual_days(start, end, days, amount_fen):
    fee = property_fee_fen(Decimal("123.45"), Decimal(10), MARCH, start, end)
    assert fee == ProratedFee(days, 31, amount_fen)


def test_it_is_multiplied_first_and_rounded_once():
    # Rounding the price per day first would give 15 × 0.32 × 100.5 = 482.40.
    fee = property_fee_fen(Decimal("100.5"), Decimal("9.99"), MARCH, None, date(2026, 3, 15))
    assert fee.amount_fen == 48580
    assert property_fee_fen(Decimal("0.5"), Decimal("0.01"), MARCH, None, None).amount_fen == 1


@pytest.mark.parametrize(("area", "price"), [("-1", "1"), ("1", "-1")])
def test_nothing_negative_is_charged(area, price):
    with pytest.raises(ValueError, match="negative"):
        property_fee_fen(Decimal(area), Decimal(price), MARCH, None, None)


@given(st.decimals(1, 5000, places=2), st.decimals(0, 100, places=4), st.integers(1, 30))
def test_two_tenants_of_one_month_pay_the_month_together(area, price, last_day):
    whole = property_fee_fen(area, price, MARCH, None, None)
    first = property_fee_fen(area, price, MARCH, None, date(2026, 3, last_day))
    second = property_fee_fen(area, price, MARCH, date(2026, 3, last_day + 1), None)
    assert first.days_charged + second.days_charged == 31
    assert abs(first.amount_fen + second.amount_fen - whole.amount_fen) <= 1


@pytest.mark.parametrize(
    ("pool_fen", "weights", "shares"),
    [
        (100, "1 1 1", [34, 33, 33]),
        (101, "1 1 1", [34, 34, 33]),
        (100, "1 2 3", [17, 33, 50]),
        (1, "0.01 99.99", [0, 1]),
        (10, "0 5", [0, 10]),
        (0, "3 4", [0, 0]),
        (0, "0 0", [0, 0]),
        (0, "", []),
    ],
)
def test_shares_by_largest_remainder(pool_fen, weights, shares):
    assert split(pool_fen, [Decimal(weight) for weight in weights.split()]) == shares


def test_a_negative_pool_stops_the_run():
    with pytest.raises(NegativePool, match="已停止分摊") as caught:
        split(-1, [Decimal(1)])
    assert caught.value.pool_fen == -1
    assert isinstance(caught.value, UserError)


@pytest.mark.parametrize("weights", [[], [Decimal(0)]])
def test_a_pool_nobody_shares_is_told(weights):
    with pytest.raises(UserError, match="没有可以分摊的单元"):
        split(5, weights)


def test_a_negative_weight_is_refused():
    with pytest.raises(ValueError, match="weight"):
        split(5, [Decimal(-1), Decimal(2)])


@given(st.integers(0, 10**11), WEIGHTS)
def test_shares_sum_to_the_pool_and_are_within_a_fen(pool_fen, weights):
    total = sum(weights)
    if total:
        shares = split(pool_fen, weights)
        assert sum(shares) == pool_fen
        exact = (pool_fen * weight / total for weight in weights)
        assert all(abs(share - due) < 1 for share, due in zip(shares, exact, strict=True))
