"""What a payment pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.errors import UserError


class DebtKind(StrEnum):
    """What sort of claim it is."""

    COST = "cost"
    PENALTY = "penalty"
    PRINCIPAL = "principal"


LAWFUL_ORDER = (DebtKind.COST, DebtKind.PENALTY, DebtKind.PRINCIPAL)


@dataclass(frozen=True, slots=True)
class Debt:
    """One open claim.

    due_on: of the bill it belongs to, also for that bill's costs and 违约金, so that they are paid together.
    """

    id: int
    due_on: date
    open_fen: int
    kind: str = DebtKind.PRINCIPAL


@dataclass(frozen=True, slots=True)
class Allocation:
    """parts: (debt id, 分), in the order paid, none of them 0. credit_fen: what no debt was left for."""

    parts: list[tuple[int, int]]
    credit_fen: int


def allocate(
    amount_fen: int,
    debts: Sequence[Debt],
    *,
    named: Sequence[int] = (),
    order: Sequence[str] = LAWFUL_ORDER,
) -> Allocation:
    """Debts the payer names, as he names them; then the oldest due first [law: 民法典 §560].

    named: ids of debts.
    order: of kinds due on one day; the law's unless agreed otherwise [law: 民法典 §561].

    Raises: UserError when a named debt is not among the open ones.
    """
    if amount_fen < 0:
        raise ValueError("a payment can not be negative")
    if sorted(order) != sorted(DebtKind):
        raise ValueError(f"order must name each of {', '.join(DebtKind)} once")
    parts = []
    for debt in _queue(debts, named, order):
        if part := min(amount_fen, debt.open_fen):
            parts.append((debt.id, part))
            amount_fen -= part
    return Allocation(parts, amount_fen)


def _queue(debts: Sequence[Debt], named: Sequence[int], order: Sequence[str]) -> list[Debt]:
    """The open debts in the order in which they are paid."""
    still_open = {debt.id: debt for debt in debts if debt.open_fen > 0}
    if not set(named) <= still_open.keys():
        raise UserError("指定的账单已结清或不存在，请核对后重新指定。")
    first = [still_open.pop(debt_id) for debt_id in dict.fromkeys(named)]
    rest = sorted(still_open.values(), key=lambda debt: (debt.due_on, order.index(debt.kind), debt.id))
    return first + rest
