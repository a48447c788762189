"""What each payment paid of a bill."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.fees.allocation import DebtKind
from models.fees.attribution import Attributed, BillPayment, attribute, debts_of

COST, PENALTY, PRINCIPAL = DebtKind.COST, DebtKind.PENALTY, DebtKind.PRINCIPAL
DAY = date(2026, 4, 20)


def paid(*amounts: int) -> list[BillPayment]:
    return [BillPayment(n, DAY, amount) for n, amount in enumerate(amounts, start=1)]


def split(found: list[Attributed]) -> list[dict[DebtKind, int]]:
    return [dict(each.parts) for each in found]


def test_lines_are_summed_by_what_they_claim() -> None:
    lines = [
        ("property", 100_000),
        ("penalty", 700),
        ("water", 5_000),
        ("cost", 2_000),
        ("electricity", -1_000),
    ]
    assert debts_of(lines) == {COST: 2_000, PENALTY: 700, PRINCIPAL: 104_000}


def test_what_is_credited_beyond_the_principal_lowers_the_rest() -> None:
    assert debts_of([("carried", -1_000), ("penalty", 700), ("cost", 500)]) == {
        COST: 200, PENALTY: 0, PRINCIPAL: 0,
    }  # fmt: skip


def test_costs_then_penalty_then_principal_by_law() -> None:
    found = attribute({COST: 100, PENALTY: 50, PRINCIPAL: 1_000}, paid(120, 40, 990))
    assert split(found) == [{COST: 100, PENALTY: 20}, {PENALTY: 30, PRINCIPAL: 10}, {PRINCIPAL: 990}]
    assert [each.of(PRINCIPAL) for each in found] == [0, 10, 990]


def test_another_order_where_it_was_agreed() -> None:
    found = attribute(
        {COST: 0, PENALTY: 50, PRINCIPAL: 1_000}, paid(1_020), order=("principal", "penalty", "cost")
    )
    assert split(found) == [{PRINCIPAL: 1_000, PENALTY: 20}]


def test_more_than_the_bill_is_refused() -> None:
    with pytest.raises(ValueError, match="pays 1 more"):
        attribute({COST: 0, PENALTY: 0, PRINCIPAL: 10}, paid(11))


@given(
    st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 10_000),
    st.lists(st.integers(1, 5_000), max_size=6), st.permutations(list(DebtKind)),
)  # fmt: skip
def test_nothing_is_lost_and_no_kind_is_paid_twice(
    cost: int, penalty: int, principal: int, amounts: list[int], order: list[DebtKind]
) -> None:
    debts, left = {COST: cost, PENALTY: penalty, PRINCIPAL: principal}, cost + penalty + principal
    fitting = []
    for amount in amounts:
        if amount <= left:
            fitting.append(amount)
            left -= amount
    found = attribute(debts, paid(*fitting), order)
    assert [sum(each.parts.values()) for each in found] == fitting
    for kind in DebtKind:
        assert sum(each.of(kind) for each in found) <= debts[kind]
