"""From readings to a quantity that can be billed.

A reading that can not be right is not an exception but an answer: a `ReadingProblem` with a Chinese sentence,
so that many lines of readings can be taken at once and only the bad ones come back. One that may be right but
is odd is a `Doubt`: a question with a photo, never a refusal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from statistics import median
from typing import NamedTuple

_ONE = Decimal(1)


class Problem(StrEnum):
    """Why a reading is not taken."""

    NEGATIVE = "negative"
    TOO_MANY_DIGITS = "too_many_digits"
    LOWER = "lower"
    BILLED = "billed"


@dataclass(frozen=True, slots=True)
class ReadingProblem:
    """A reading that is not taken. `text` tells the person what to do."""

    problem: Problem
    text: str


class Usage(NamedTuple):
    """What a reading adds to the bill.

    baseline: the first reading of a meter, which charges nothing.
    rolled_over: the dial went past its last digit, as a person confirmed.
    """

    quantity: Decimal
    baseline: bool = False
    rolled_over: bool = False


@dataclass(frozen=True, slots=True)
class Replacement:
    """A meter exchanged between two readings; or, with `old_final` = `new_first`, a changed multiplier."""

    on: date
    old_final: Decimal
    new_first: Decimal
    old_multiplier: Decimal = _ONE
    new_multiplier: Decimal = _ONE


class DoubtKind(StrEnum):
    """What is odd about a usage."""

    ZERO = "zero"
    HIGH = "high"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Doubt:
    """`text` is the question to the person who read the meter."""

    kind: DoubtKind
    text: str


def usage(
    previous: Decimal | None,
    current: Decimal,
    *,
    multiplier: Decimal = _ONE,
    replacement: Replacement | None = None,
    digits: int | None = None,
    rollover_confirmed: bool = False,
) -> Usage | ReadingProblem:
    """(current − previous) × multiplier [practice].

    previous: None for a first reading, which is a baseline.
    replacement: the two meters are counted apart, each with its own multiplier instead of `multiplier`.
    digits: whole digits of the dial; only with them and a person's word is a lower reading a rollover.
    """
    if problem := _implausible(current, digits):
        return problem
    if previous is None:
        return Usage(Decimal(0), baseline=True)
    if replacement is not None:
        return _across(previous, current, replacement)
    if current >= previous:
        return Usage((current - previous) * multiplier)
    if rollover_confirmed and digits is not None and previous < 10**digits:
        return Usage((10**digits - previous + current) * multiplier, rolled_over=True)
    return _lower(current, previous)


def plausibility(
    current_usage: Decimal,
    history: Sequence[Decimal],
    occupied: bool,
    *,
    odd_factor: Decimal = Decimal(3),
) -> list[Doubt]:
    """What to ask about a usage; empty when nothing is odd [practice].

    history: usages of the periods before, oldest first. A unit that stands empty may use nothing, every time.
    odd_factor: above this many times the median a usage is odd.
    """
    if current_usage == 0:
        return [_zero()] if occupied else []
    doubts = []
    if history and current_usage > odd_factor * median(history):
        doubts.append(_high(current_usage, median(history), odd_factor))
    if history and current_usage == history[-1]:
        doubts.append(_same(current_usage))
    return doubts


def _implausible(value: Decimal, digits: int | None) -> ReadingProblem | None:
    if value < 0:
        return ReadingProblem(Problem.NEGATIVE, f"读数 {value} 不能是负数，请核对后重报。")
    if digits is not None and value >= 10**digits:
        return ReadingProblem(
            Problem.TOO_MANY_DIGITS, f"读数 {value} 超过表盘的 {digits} 位整数，请核对后重报。"
        )
    return None


def _across(previous: Decimal, current: Decimal, swap: Replacement) -> Usage | ReadingProblem:
    if swap.old_final < previous:
        return _lower(swap.old_final, previous)
    if current < swap.new_first:
        return _lower(current, swap.new_first)
    old = (swap.old_final - previous) * swap.old_multiplier
    return Usage(old + (current - swap.new_first) * swap.new_multiplier)


def _lower(current: Decimal, previous: Decimal) -> ReadingProblem:
    return ReadingProblem(
        Problem.LOWER,
        f"读数 {current} 小于上次 {previous}，请核对表号和读数并拍照。如已换表或表盘走满归零，请注明。",
    )


def _zero() -> Doubt:
    return Doubt(DoubtKind.ZERO, "单元在用，但本期用量为 0。读数是否正确？请拍一张表盘照片。")


def _high(usage: Decimal, usual: Decimal, factor: Decimal) -> Doubt:
    return Doubt(
        DoubtKind.HIGH,
        f"本期用量 {_plain(usage)}，超过以往中位数 {_plain(usual)} 的 {_plain(factor)} 倍。"
        "读数是否正确？请拍一张表盘照片。",
    )


def _same(usage: Decimal) -> Doubt:
    return Doubt(DoubtKind.SAME, f"本期用量 {_plain(usage)} 与上期完全相同。读数是否正确？请拍一张表盘照片。")


def _plain(quantity: Decimal) -> str:
    """A quantity as people write it: no exponent, no trailing zeros."""
    return f"{quantity.normalize():f}"
