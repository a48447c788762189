"""What each payment paid of a bill: its costs, its 违约金 or its principal. Pure.

A payment is recorded against a bill as a whole; the order of kinds is the law's unless agreed otherwise
[law: 民法典 §561], and it is printed on the receipt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from models.fees.allocation import LAWFUL_ORDER, DebtKind

_KINDS = {"penalty": DebtKind.PENALTY, "cost": DebtKind.COST}


@dataclass(frozen=True, slots=True)
class BillPayment:
    """A part of a payment (its id) that went to the bill, and the day it came."""

    payment_id: int
    on: date
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Attributed:
    """The same part, split by what it paid; the kinds it paid nothing of are left out."""

    payment_id: int
    on: date
    parts: Mapping[DebtKind, int]

    def of(self, kind: DebtKind) -> int:
        """The 分 that went to a kind."""
        return self.parts.get(kind, 0)


def kind_of(code: str) -> DebtKind:
    """What a line's code is a claim for: everything that is neither 违约金 nor a cost is principal."""
    return _KINDS.get(code, DebtKind.PRINCIPAL)


def debts_of(lines: Iterable[tuple[str, int]]) -> dict[DebtKind, int]:
    """A bill's lines (code, 分) summed by kind, none below 0: what is credited beyond its kind lowers the others."""
    sums = dict.fromkeys(DebtKind, 0)
    for code, amount_fen in lines:
        sums[kind_of(code)] += amount_fen
    credited = -sum(min(amount, 0) for amount in sums.values())
    for kind in (DebtKind.PRINCIPAL, DebtKind.PENALTY, DebtKind.COST):
        lowered = min(max(sums[kind], 0), credited)
        sums[kind] = max(sums[kind], 0) - lowered
        credited -= lowered
    return sums


def attribute(
    debts: Mapping[DebtKind, int], payments: Sequence[BillPayment], order: Sequence[str] = LAWFUL_ORDER
) -> list[Attributed]:
    """Each payment's part split, in the order given; what is paid of one kind is open no more for the next.

    Raises: ValueError when more was paid than the bill came to.
    """
    open_fen = dict(debts)
    found = []
    for payment in payments:
        left, parts = payment.amount_fen, {}
        for kind in map(DebtKind, order):
            if part := min(left, open_fen[kind]):
                parts[kind] = part
                open_fen[kind] -= part
                left -= part
        if left:
            raise ValueError(f"payment {payment.payment_id} pays {left} more than the bill came to")
        found.append(Attributed(payment.payment_id, payment.on, parts))
    return found
