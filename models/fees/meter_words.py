"""What people type after 抄表 for everything that is not a plain reading. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.calendar.past_day import split_past_day
from models.calendar.period import Month
from models.errors import UserError
from models.fees.reading_lines import parse_value

_NUMBER = r"([-+]?\d[\d,]*(?:\.\d+)?)"
_CHANGE = re.compile(
    rf"(?P<who>\S.*?)\s*旧止\s*{_NUMBER}\s*[,，]?\s*新起\s*{_NUMBER}(?:\s*[,，]?\s*倍率\s*{_NUMBER})?"
)
_VALUE = re.compile(rf"(?P<who>\S.*?)\s+{_NUMBER}(?:\s*[,，]?\s*位数\s*(?P<digits>\d{{1,2}}))?")


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """换表. on: None when no day was named. multiplier: None when it stays."""

    who: str
    old_final: Decimal
    new_first: Decimal
    multiplier: Decimal | None
    on: date | None


@dataclass(frozen=True, slots=True)
class ValueWords:
    """翻转 or 交接: a meter, a value, perhaps the number of digits or a day."""

    who: str
    value: Decimal
    digits: int | None
    on: date | None


def parse_change(text: str, today: date) -> ChangeWords:
    """ "E-A1203 旧止 15900 新起 0 倍率 40 2026-03-15" in parts.

    Raises: UserError with an example.
    """
    body, on = split_past_day(text, today)
    match = _CHANGE.fullmatch(body)
    if match is None:
        raise UserError(
            "请写成：抄表 换表 E-A1203 旧止 15900 新起 0（倍率有变再加：倍率 40；补登再加日期：2026-03-15）"
        )
    old, new, times = match[2], match[3], match[4]
    multiplier = parse_value(times) if times else None
    if multiplier is not None and multiplier <= 0:
        raise UserError("倍率要大于 0，请核对后重发。")
    return ChangeWords(match["who"], _value(old), _value(new), multiplier, on)


def parse_meter_value(text: str, today: date, example: str) -> ValueWords:
    """ "E-A1203 00012 位数 5" or "E-A1203 15900 3月10日" in parts.

    Raises: UserError with the example.
    """
    body, on = split_past_day(text, today)
    match = _VALUE.fullmatch(body)
    if match is None:
        raise UserError(f"请写成：{example}")
    digits = int(match["digits"]) if match["digits"] else None
    return ValueWords(match["who"], _value(match[2]), digits, on)


@dataclass(frozen=True, slots=True)
class EstimateWords:
    """估: a meter, perhaps a value of one's own, perhaps a month."""

    who: str
    value: Decimal | None
    month: Month


def parse_estimate(text: str, today: date) -> EstimateWords:
    """ "E-A1203", "E-A1203 15340" or "3月 A-1203 电" in parts.

    Raises: UserError with an example.
    """
    first, _, rest = text.strip().partition(" ")
    month = _month(first, today)
    body = rest.strip() if month else text.strip()
    if not body:
        raise UserError("请写明是哪块表，例如：抄表 估 E-A1203，或加上估读数：抄表 估 E-A1203 15340")
    match = _VALUE.fullmatch(body)
    value = _value(match[2]) if match else None
    return EstimateWords(match["who"] if match else body, value, month or Month.of(today))


def _month(word: str, today: date) -> Month | None:
    """The month a word names; a bare number is a meter's or a value."""
    if not word.endswith(("月", "月份")) and not re.fullmatch(r"\d{4}-\d{1,2}", word):
        return None
    return Month.parse(word, today)


def _value(text: str) -> Decimal:
    value = parse_value(text)
    if value < 0:
        raise UserError(f"读数 {text} 不能是负数，请核对后重发。")
    return value
