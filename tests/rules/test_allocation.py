"""What a payment pays, and in which order."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import UserError
from models.fees.allocation import Debt, DebtKind, allocate

JANUARY, FEBRUARY = date(2026, 2, 13), date(2026, 3, 13)
DEBTS = [
    Debt(4, FEBRUARY, 500),
    Debt(3, JANUARY, 1000),
    Debt(2, JANUARY, 30, DebtKind.PENALTY),
    Debt(1, JANUARY, 20, DebtKind.COST),
]
ANY_DEBTS = st.lists(
    st.builds(
        Debt,
        st.integers(1, 99),
        st.dates(date(2026, 1, 1), date(2026, 4, 1)),
        st.integers(0, 5000),
        st.sampled_from(DebtKind),
    ),
    max_size=8,
    unique_by=lambda debt: debt.id,
)


@pytest.mark.parametrize(
    ("amount_fen", "named", "parts", "credit_fen"),
    [
        (1050, (), [(1, 20), (2, 30), (3, 1000)], 0),
        (1200, (), [(1, 20), (2, 30), (3, 1000), (4, 150)], 0),
        (40, (), [(1, 20), (2, 20)], 0),
        (2000, (), [(1, 20), (2, 30), (3, 1000), (4, 500)], 450),
        (520, (4,), [(4, 500), (1, 20)], 0),
        (600, (3, 4), [(3, 600)], 0),
        (600, (4, 4, 2), [(4, 500), (2, 30), (1, 20), (3, 50)], 0),
        (0, (), [], 0),
    ],
)
def test_named_debts_first_then_the_oldest(amount_fen, named, parts, credit_fen):
    allocation = allocate(amount_fen, DEBTS, named=named)
    assert (allocation.parts, allocation.credit_fen) == (parts, credit_fen)


def test_the_order_of_kinds_can_be_agreed():
    allocation = allocate(1010, DEBTS, order=("principal", "cost", "penalty"))
    assert allocation.parts == [(3, 1000), (1, 10)]


def test_a_settled_debt_takes_nothing():
    assert allocate(10, [Debt(1, JANUARY, 0)]).credit_fen == 10


@pytest.mark.parametrize("named", [(9,), (5,)])
def test_naming_what_is_not_owed_is_answered(named):
    with pytest.raises(UserError, match="请核对"):
        allocate(10, [*DEBTS, Debt(5, JANUARY, 0)], named=named)


def test_a_payment_is_not_negative():
    with pytest.raises(ValueError, match="negative"):
        allocate(-1, DEBTS)


@pytest.mark.parametrize("order", [("cost",), ("cost", "penalty", "penalty"), ("cost", "penalty", "rent")])
def test_an_order_names_each_kind_once(order):
    with pytest.raises(ValueError, match="order"):
        allocate(1, DEBTS, order=order)


@given(st.integers(0, 30000), ANY_DEBTS, st.sampled_from(list(permutations(DebtKind))), st.data())
def test_no_fen_is_lost_and_no_debt_overpaid(amount_fen, debts, order, data):
    open_ids = [debt.id for debt in debts if debt.open_fen]
    named = data.draw(st.lists(st.sampled_from(open_ids), max_size=3)) if open_ids else []
    allocation = allocate(amount_fen, debts, named=named, order=order)
    owed = {debt.id: debt.open_fen for debt in debts}
    paid = dict(allocation.parts)
    assert sum(paid.values()) + allocation.credit_fen == amount_fen
    assert len(paid) == len(allocation.parts)
    assert all(0 < part <= owed[debt_id] for debt_id, part in paid.items())
    assert not allocation.credit_fen or paid == {debt_id: owed[debt_id] for debt_id in open_ids}
    partly = [debt_id for debt_id, part in paid.items() if part < owed[debt_id]]
    assert partly == [] or partly == [allocation.parts[-1][0]]
