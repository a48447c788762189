"""What people type into cells, read strictly: a value, or a UserError that says what to write instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from models.calendar.period import Month
from models.errors import UserError

LONGEST = 200
DECIMALS = 6
_BROKEN = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
_DAY = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?(?:\s+0?0:00(?::00)?)?")
_COMPACT_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_UNITS = re.compile(r"(?:m2|平方米|平米|元|倍|位)$")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_YES = frozenset({"是", "有", "对", "y", "yes", "true", "1", "√", "✓"})
_NO = frozenset({"否", "无", "不是", "n", "no", "false", "0", "×", "x"})
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_DAYS = range(36526, 73051)  # 2000 to 2099


@dataclass(frozen=True, slots=True)
class Cells:
    """One row: cell values by column name, as the sheet gave them."""

    values: Mapping[str, object]

    def text(self, column: str) -> str:
        """The text, "" when blank; a whole number reads as its digits."""
        value = self.values.get(column)
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        word = " ".join(_visible(str(value)).split())
        if word.upper() in _BROKEN:
            raise UserError(f"“{column}”的公式出错（{word}），请改为直接填写数值。")
        if len(word) > LONGEST:
            raise UserError(f"“{column}”超过 {LONGEST} 个字，请缩短。")
        return word

    def required(self, column: str) -> str:
        """The text; a blank is refused."""
        word = self.text(column)
        if not word:
            raise UserError(f"“{column}”没有填写。")
        return word

    def plain(self, column: str) -> str:
        """The text in half-width characters."""
        return unicodedata.normalize("NFKC", self.text(column)).strip()

    def number(self, column: str) -> Decimal | None:
        """An exact number; None when blank."""
        value = self.values.get(column)
        if isinstance(value, float):
            value = round(value, DECIMALS)  # what the person typed, without the tail of binary fractions
        word = _UNITS.sub("", unicodedata.normalize("NFKC", str(value)).strip()).replace(",", "").strip()
        if value is None or not word:
            return None
        try:
            number = Decimal(word)
        except InvalidOperation:
            number = Decimal("NaN")
        if isinstance(value, bool) or not number.is_finite() or abs(number) >= 10**12:
            raise UserError(f"“{column}”应为数字，收到的是“{self.text(column)[:20]}”。")
        if number != round(number, DECIMALS):
            raise UserError(f"“{column}”最多 {DECIMALS} 位小数，收到的是“{self.text(column)[:20]}”。")
        return round(number, DECIMALS).normalize() + 0

    def amount(self, column: str, *, least: Decimal = Decimal(0)) -> Decimal:
        """A number that must be there and be at least `least`."""
        number = self.number(column)
        if number is None:
            raise UserError(f"“{column}”没有填写。")
        if number < least:
            raise UserError(f"“{column}”不能小于 {least}，收到的是 {number}。")
        return number

    def whole(self, column: str, allowed: range) -> int | None:
        """An integer within bounds; None when blank."""
        number = self.number(column)
        if number is None:
            return None
        if number != number.to_integral_value() or int(number) not in allowed:
            raise UserError(f"“{column}”应为 {allowed.start} 到 {allowed.stop - 1} 的整数。")
        return int(number)

    def day(self, column: str) -> date | None:
        """A date; None when blank."""
        value = self.values.get(column)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if isinstance(value, int | float) and value in _EXCEL_DAYS:
            return _EXCEL_EPOCH + timedelta(days=int(value))
        word = self.plain(column)
        return _day(word, column) if word else None

    def month(self, column: str) -> Month | None:
        """A month with its year; None when blank."""
        value = self.values.get(column)
        if isinstance(value, date):
            return Month(value.year, value.month)
        word = self.plain(column)
        if not word:
            return None
        if not re.match(r"[0-9]{4}", word):
            raise UserError(f"“{column}”应为带年份的月份，例如 2026-02。")
        return Month.parse(word, date.max)

    def mobile(self, column: str) -> str:
        """Eleven digits, or "" when blank."""
        word = re.sub(r"[\s\-]", "", self.plain(column)).removeprefix("+86")
        if word and not _MOBILE.fullmatch(word):
            raise UserError(f"“{column}”应为 11 位手机号，收到的是“{word[:20]}”。")
        return word

    def yes_or_no(self, column: str) -> bool | None:
        """是 or 否; None when blank."""
        word = self.plain(column).lower()
        if not word:
            return None
        if word in _YES or word in _NO:
            return word in _YES
        raise UserError(f"“{column}”请填“是”或“否”。")

    def names(self, column: str) -> list[str]:
        """Words set apart by any comma."""
        return [word.strip() for word in re.split(r"[,，、;；/]", self.text(column)) if word.strip()]


def _visible(text: str) -> str:
    """Without control characters and halves of characters; blanks of every sort become a plain blank."""
    kept = (c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(" " if c.isspace() else c for c in kept)


def _day(word: str, column: str) -> date:
    match = _DAY.fullmatch(word) or _COMPACT_DAY.fullmatch(word)
    try:
        if match is None:
            raise ValueError(word)
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise UserError(f"“{column}”不是有效日期：“{word[:20]}”，请写成 2026-03-01。") from None
