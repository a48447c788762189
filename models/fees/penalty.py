"""违约金: simple, daily, and only where a contract says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
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


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A principal that stood open unchanged on every day from `first` to `last`."""

    first: date
    last: date
    open_fen: int

    @property
    def days(self) -> int:
        """Both ends included."""
        return (self.last - self.first).days + 1


def outstanding(
    principal_fen: int, due_on: date, payments: Sequence[PrincipalPayment], until: date
) -> list[Outstanding]:
    """What was open on the mornings after `due_on`, up to `until`: the day of payment still counts."""
    paid = sorted((payment for payment in payments if payment.on <= until), key=lambda payment: payment.on)
    found, since, open_fen = [], due_on, principal_fen
    for on, amount_fen in [*((payment.on, payment.amount_fen) for payment in paid), (until, 0)]:
        if on > since and open_fen > 0:
            found.append(Outstanding(since + timedelta(days=1), on, open_fen))
        since, open_fen = max(since, on), open_fen - amount_fen
    return found


def penalty_fen(
    principal_fen: int,
    due_on: date,
    payments: Sequence[PrincipalPayment],
    until: date,
    terms: PenaltyTerms | None = None,
) -> int:
    """The 违约金 run up by the end of the day `until`; 0 without terms, which is the default [practice].

    Every day after `due_on` costs the rate on the principal outstanding that morning; the 违约金 itself bears none.
    It is computed from the whole history and rounded once, so that it survives the payment of the principal.
    """
    if terms is None:
        return 0
    stretches = outstanding(principal_fen, due_on, payments, until)
    return round_half_up(sum(each.open_fen * each.days for each in stretches) * terms.daily_rate)


def capped(run_up_fen: int, principal_fen: int, cap_percent: int) -> int:
    """What may be charged of what has run up on a principal; cap_percent: of it at most, 0 for no end [practice]."""
    return min(run_up_fen, principal_fen * cap_percent // 100) if cap_percent else run_up_fen
