"""Papers of the cashier's desk, as values: rendered from these and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from models.notices.documents import Issuer


@dataclass(frozen=True, slots=True)
class TillRow:
    """One movement. amount_fen: negative when money went out."""

    at: datetime
    number: str
    movement: str
    tenant: str
    method: str
    reference: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class TillSum:
    """A method's movements together."""

    method: str
    count: int
    in_fen: int
    out_fen: int
    net_fen: int


@dataclass(frozen=True, slots=True)
class DayCloseSheet:
    """日结单 of a cashier: every movement, sums by method, the cash as booked and as counted.

    difference_reason: "" when they agree.
    """

    issuer: Issuer
    number: str
    day: date
    cashier: str
    closed_at: datetime
    sums: tuple[TillSum, ...]
    rows: tuple[TillRow, ...]
    total_fen: int
    total_words: str
    cash_fen: int
    counted_fen: int
    difference_reason: str

    def __post_init__(self) -> None:
        by_rows, by_sums = sum(row.amount_fen for row in self.rows), sum(each.net_fen for each in self.sums)
        if not by_rows == by_sums == self.total_fen:
            raise ValueError(f"{self.number}: rows {by_rows}, sums {by_sums}, total {self.total_fen}")
        if self.cash_fen != self.counted_fen and not self.difference_reason:
            raise ValueError(f"{self.number}: a difference without a reason")

    @property
    def difference_fen(self) -> int:
        """Counted less booked."""
        return self.counted_fen - self.cash_fen
