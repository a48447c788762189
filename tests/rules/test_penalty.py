"""违约金: off by default, simple, from the history of payments."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import UserError
from models.fees.penalty import PenaltyTerms, PrincipalPayment, capped, penalty_fen

DUE = date(2026, 4, 15)
TERMS = PenaltyTerms(Decimal("0.0005"), "HT-2025-017 第八条")
BILL_FEN = 100_000


def paid(*history):
    return [PrincipalPayment(DUE + timedelta(days=day), amount_fen) for day, amount_fen in history]


@pytest.mark.parametrize(
    ("history", "days", "expected_fen"),
    [
        ([], -3, 0),
        ([], 0, 0),
        ([], 1, 50),
        ([], 30, 1500),
        ([(0, BILL_FEN)], 30, 0),
        ([(-5, BILL_FEN)], 30, 0),
        ([(1, BILL_FEN)], 30, 50),
        ([(10, BILL_FEN)], 30, 500),  # survives the payment of the principal
        ([(10, 60_000)], 30, 500 + 400),
        ([(20, 30_000), (10, 30_000)], 30, 500 + 350 + 200),  # in any order
        ([(10, BILL_FEN)], 5, 250),  # what is paid later does not count yet
        ([(10, 2 * BILL_FEN)], 30, 500),  # an over-payment earns nothing
        ([(10, BILL_FEN), (20, -BILL_FEN)], 30, 500 + 500),  # reversed ten days later
    ],
)
def test_every_day_costs_the_rate_on_what_is_outstanding(history, days, expected_fen):
    assert penalty_fen(BILL_FEN, DUE, paid(*history), DUE + timedelta(days=days), TERMS) == expected_fen


def test_without_terms_there_is_none():
    assert penalty_fen(BILL_FEN, DUE, [], date(2030, 1, 1)) == 0


def test_it_is_rounded_once():
    assert penalty_fen(999, DUE, [], DUE + timedelta(days=3), TERMS) == 1  # 3 × 0.4995 = 1.4985


@pytest.mark.parametrize(
    ("run_up", "principal", "percent", "charged"),
    [
        (900, 1_000, 100, 900),
        (1_200, 1_000, 100, 1_000),
        (1_200, 1_000, 30, 300),
        (1_200, 1_000, 0, 1_200),
        (5, 0, 100, 0),
    ],
)
def test_it_ends_at_a_part_of_the_principal(run_up: int, principal: int, percent: int, charged: int) -> None:
    assert capped(run_up, principal, percent) == charged


@pytest.mark.parametrize(("rate", "reference"), [("0.0005", "  "), ("-0.1", "HT-1")])
def test_terms_need_a_contract_and_a_sane_rate(rate, reference):
    with pytest.raises(UserError, match="合同"):
        PenaltyTerms(Decimal(rate), reference)


def test_the_yearly_rate_is_shown_beside_the_daily_one():
    assert PenaltyTerms(Decimal("0.003"), "HT-1").yearly_rate == Decimal("1.095")


@given(st.lists(st.tuples(st.integers(-10, 90), st.integers(1, BILL_FEN)), max_size=5), st.integers(0, 90))
def test_it_equals_the_sum_over_the_days(history, days):
    fen_days = 0
    for day in range(1, days + 1):
        outstanding = BILL_FEN - sum(amount for paid_on, amount in history if paid_on < day)
        fen_days += max(outstanding, 0)
    expected = int(fen_days * TERMS.daily_rate + Decimal("0.5"))
    assert penalty_fen(BILL_FEN, DUE, paid(*history), DUE + timedelta(days=days), TERMS) == expected
