"""违约金: simple, daily, and only where a contract says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.errors import UserError
from models.fees.money import round_half_up

_DAYS_A_YEAR = 365


@dataclass(frozen=True, slots=True)
class PenaltyTerms:
    """What the parties agreed [law: 民法典 §585].

    daily_rate: of the outstanding principal, Decimal("0.0005") for 0.5‰.
    contract_reference: clause and contract; without it nothing may be charged.
    """

    daily_rate: Decimal
    contract_reference: str

    def __post_init__(self) -> None:
        if not self.contract_reference.strip():
            raise UserError("收取违约金须有合同依据，请填写合同编号和条款。")
        if self.daily_rate < 0:
            raise UserError("违约金日利率不能是负数，请核对合同条款。")

    @property
    def yearly_rate(self) -> Decimal:
        """The same for a year: shown beside the daily one, because courts cut what is too high [law]."""
        return self.daily_rate * _DAYS_A_YEAR


@dataclass(frozen=True, slots=True)
class PrincipalPayment:
    """What was paid on the principal of the bill on a day; negative for a reversal."""

    on: date
    amount_fen: int


def penalty_fen(
    principal_fen: int,
    due_on: date,
    payments: Sequence[PrincipalPayment],
    until: date,
    terms: PenaltyTerms | None = None,
) -> int:
    """The 违约金 run up by the end of the day `until`; 0 without terms, which is the default [practice].

    Every day after `due_on` costs the rate on the principal outstanding that morning: the day of payment
    still counts, the 违约金 itself bears none. It is computed from the whole history and rounded once, so that
    it survives the payment of the principal.
    """
    if terms is None:
        return 0
    paid = sorted((payment for payment in payments if payment.on <= until), key=lambda payment: payment.on)
    fen_days, since, open_fen = 0, due_on, principal_fen
    for payment in paid:
        fen_days += max(open_fen, 0) * _days(since, payment.on)
        since, open_fen = max(since, payment.on), open_fen - payment.amount_fen
    fen_days += max(open_fen, 0) * _days(since, until)
    return round_half_up(fen_days * terms.daily_rate)


def _days(since: date, until: date) -> int:
    return max((until - since).days, 0)
