"""A target and how it was met: numerator, denominator, and every single miss behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from enum import StrEnum

from models.calendar.period import Month
from models.fees.money import yuan

_HUNDREDTH = Decimal("0.01")


class Kpi(StrEnum):
    """What is measured: of fees [manual 5.x] and of the desk [domain §12]; the value is the word people use."""

    NOTICES = "差错"
    ENTRIES = "录入"
    COLLECTION = "收缴"
    SIGN_OFF = "签收"
    ACCEPT = "接单"
    ARRIVE = "到场"
    FINISH = "完工"
    TAKE_ON = "受理"
    ANSWER = "答复"
    REPLY = "回复"


@dataclass(frozen=True, slots=True)
class Miss:
    """One thing that went wrong. item: its number, by which a reason is noted; amount_fen: 0 where no money is meant."""

    item: str
    who: str
    what: str
    amount_fen: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One target of one month.

    numerator, denominator: what the rate is made of; `money`: both are 分.
    target: at most, where `low_is_good`, else at least. formula: in words. open_note: why the figure is not final yet.
    """

    kpi: Kpi
    name: str
    month: Month
    numerator: int
    denominator: int
    target: Decimal
    formula: str
    misses: Sequence[Miss]
    money: bool = False
    low_is_good: bool = False
    open_note: str = ""

    @property
    def rate(self) -> Decimal | None:
        """None while there is nothing to measure."""
        return Decimal(self.numerator) / Decimal(self.denominator) if self.denominator else None

    @property
    def met(self) -> bool | None:
        """Whether the target is met, by the exact rate and not by the rounded one; None without a rate."""
        if self.rate is None:
            return None
        return self.rate <= self.target if self.low_is_good else self.rate >= self.target

    @property
    def rate_text(self) -> str:
        """ "94.99%": rounded to the bad side, so that a miss never reads as met."""
        if self.rate is None:
            return "—"
        rounding = ROUND_UP if self.low_is_good else ROUND_DOWN
        return f"{(self.rate * 100).quantize(_HUNDREDTH, rounding)}%"

    @property
    def target_text(self) -> str:
        """ "≥95%"."""
        return f"{'≤' if self.low_is_good else '≥'}{(self.target * 100).normalize():f}%"

    @property
    def fraction_text(self) -> str:
        """What was divided by what."""
        if self.money:
            return f"{yuan(self.numerator)}/{yuan(self.denominator)} 元"
        return f"{self.numerator}/{self.denominator}"

    @property
    def verdict(self) -> str:
        """In a word."""
        if self.met is None:
            return "没有数据"
        return self.open_note or ("达标" if self.met else "未达标")

    @property
    def unexplained(self) -> list[Miss]:
        """Misses nobody has given a reason for."""
        return [miss for miss in self.misses if not miss.reason]
