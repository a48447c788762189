"""What people type after 抄表 for everything that is not a plain reading. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.calendar.period import Month
from models.errors import UserError
from models.fees.reading_lines import parse_value

_NUMBER = r"([-+]?\d[\d,]*(?:\.\d+)?)"
_CHANGE = re.compile(
    rf"(?P<who>\S.*?)\s*旧止\s*{_NUMBER}\s*[,，]?\s*新起\s*{_NUMBER}(?:\s*[,，]?\s*倍率\s*{_NUMBER})?"
)
_VALUE = re.compile(rf"(?P<who>\S.*?)\s+{_NUMBER}(?:\s*[,，]?\s*位数\s*(?P<digits>\d{{1,2}}))?")
_DAY = re.compile(r"\s*(?:(\d{4})[-/.年])?(\d{1,2})[-/月](\d{1,2})日?$")


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
    body, on = _split_day(text, today)
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
    body, on = _split_day(text, today)
    match = _VALUE.fullmatch(body)
    if match is None:
        raise UserError(f"请写成：{example}")
    digits = int(match["digits"]) if match["digits"] else None
    return ValueWords(match["who"], _value(match[2]), digits, on)


def _value(text: str) -> Decimal:
    value = parse_value(text)
    if value < 0:
        raise UserError(f"读数 {text} 不能是负数，请核对后重发。")
    return value


def _split_day(text: str, today: date) -> tuple[str, date | None]:
    """The words without the day at their end; a day without a year is the latest that has come."""
    match = _DAY.search(text.strip())
    if match is None:
        return text.strip(), None
    try:
        day = date(int(match[1] or today.year), int(match[2]), int(match[3]))
    except ValueError as wrong:
        raise UserError(f"没有“{match[0].strip()}”这一天，请核对日期。") from wrong
    if not match[1] and day > today:
        day = day.replace(year=today.year - 1)
    if day > today or Month.of(day) < Month.of(today).plus(-12):
        raise UserError("日期要在最近一年之内，请核对日期。")
    return text.strip()[: match.start()].strip(), day
