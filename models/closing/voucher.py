"""凭证汇总: what a month of fees amounts to, as values. Figures that do not add up are refused here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter

from models.notices.documents import Issuer


@dataclass(frozen=True, slots=True)
class ItemTotal:
    """The lines of one kind of fee, or the money that came in by one method."""

    name: str
    count: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Undone:
    """A bill or a payment that was reversed in the month."""

    what: str
    number: str
    tenant: str
    amount_fen: int
    reason: str
    undone_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What tenants owe and have in credit at one moment; a tenant has one or the other."""

    owed_fen: int
    credit_fen: int
    debtors: int

    @property
    def net_fen(self) -> int:
        """Owed less credit."""
        return self.owed_fen - self.credit_fen


@dataclass(frozen=True, slots=True)
class Books:
    """All bills ever issued: billed is paid, credited, reversed or owed (models.fees.books)."""

    billed_fen: int
    paid_fen: int
    credited_fen: int
    reversed_fen: int
    owed_fen: int

    def __post_init__(self) -> None:
        if self.billed_fen != self.paid_fen + self.credited_fen + self.reversed_fen + self.owed_fen:
            raise ValueError("the books do not balance")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the reviewer with the cashier's answer."""

    question: str
    answer: str
    answered_by: str


@dataclass(frozen=True, slots=True)
class VoucherSummary:
    """A month's vouchers in figures.

    opening, closing: at the first moment of the month, and at its end. Deposits are held for tenants: they count
    neither as income nor as a debt, but those that stand on bills are collected with them.
    """

    issuer: Issuer
    month: str
    made_by: str
    made_on: date
    bills: int
    items: tuple[ItemTotal, ...]
    payments: tuple[ItemTotal, ...]
    undone_bills: tuple[Undone, ...]
    undone_payments: tuple[Undone, ...]
    refunded_fen: int
    opening: Standing
    closing: Standing
    deposits_received_fen: int
    deposits_returned_fen: int
    deposits_held_fen: int
    notices: int
    signed: int
    books: Books
    asked: tuple[Asked, ...] = ()

    def __post_init__(self) -> None:
        if self.expected_net_fen != self.closing.net_fen:
            raise ValueError(
                f"{self.month}: the month comes to {self.expected_net_fen} 分, the accounts to {self.closing.net_fen} 分"
            )

    @property
    def billed_fen(self) -> int:
        """All bills of the month."""
        return sum(item.amount_fen for item in self.items)

    @property
    def received_fen(self) -> int:
        """All money that came in during the month, also what was given back later."""
        return sum(item.amount_fen for item in self.payments)

    @property
    def payment_count(self) -> int:
        """How many payments that was."""
        return sum(item.count for item in self.payments)

    @property
    def bills_undone_fen(self) -> int:
        """Bills reversed in the month."""
        return sum(each.amount_fen for each in self.undone_bills)

    @property
    def payments_undone_fen(self) -> int:
        """Payments reversed in the month."""
        return sum(each.amount_fen for each in self.undone_payments)

    @property
    def expected_net_fen(self) -> int:
        """What must be owed, net, at the end: the month rolled forward from its opening."""
        owed_more = self.billed_fen - self.bills_undone_fen
        came_in = self.received_fen - self.payments_undone_fen - self.refunded_fen
        return self.opening.net_fen + owed_more - came_in


_ADAPTER = TypeAdapter(VoucherSummary)


def to_facts(summary: VoucherSummary) -> dict[str, Any]:
    """A JSON-able dict that holds all of it."""
    facts: dict[str, Any] = _ADAPTER.dump_python(summary, mode="json")
    return facts


def summary_of(facts: dict[str, Any]) -> VoucherSummary:
    """The inverse of `to_facts`."""
    return _ADAPTER.validate_python(facts)
