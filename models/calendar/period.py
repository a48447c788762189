"""A calendar month: the period of a bill."""

from __future__ import annotations

import calendar as gregorian
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from models.errors import UserError

_FULL = re.compile(r"([0-9]{4}) *(?:[-/.年]) *([0-9]{1,2}) *月?(?:份)?|([0-9]{4})([0-9]{2})")
_BARE = re.compile(r"([0-9]{1,2}|[一二三四五六七八九]|十[一二]?) *月(?:份)?")
_CHINESE = {word: number for number, word in enumerate([*"一二三四五六七八九十", "十一", "十二"], start=1)}
_YEARS = range(2000, 2100)
_THIS = frozenset({"本月", "这个月", "当月"})
_LAST = frozenset({"上月", "上个月"})


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year; ordered by time; `str` is "2026-03", which also sorts by time."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not 1 <= self.month <= 12:
            raise ValueError(f"no month number {self.month}")

    @classmethod
    def of(cls, day: date) -> Month:
        """The month a day lies in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str, today: date) -> Month:
        """The month a person means: "2026-03", "2026年3月", "202603", "3月", "三月", "本月", "上月".

        Without a year it is the latest such month that has begun: people ask for bills, and those lie behind.

        Raises: UserError.
        """
        word = unicodedata.normalize("NFKC", text).strip()
        this = cls.of(today)
        if word in _THIS:
            return this
        if word in _LAST:
            return this.previous()
        if full := _FULL.fullmatch(word):
            return _checked(int(full[1] or full[3]), int(full[2] or full[4]), text)
        if bare := _BARE.fullmatch(word):
            return _latest(_checked(today.year, _number(bare[1]), text), this)
        raise _unreadable(text)

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """Its last day."""
        return date(self.year, self.month, self.days)

    @property
    def days(self) -> int:
        """How many days it has."""
        return _days(self.year, self.month)

    @property
    def label(self) -> str:
        """As people write it: "2026年3月"."""
        return f"{self.year}年{self.month}月"

    def plus(self, months: int) -> Month:
        """The month so many months later, or earlier when negative."""
        years, month = divmod(self.month - 1 + months, 12)
        return Month(self.year + years, month + 1)

    def next(self) -> Month:
        """The month after it."""
        return self.plus(1)

    def previous(self) -> Month:
        """The month before it."""
        return self.plus(-1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


@lru_cache(maxsize=1024)
def _days(year: int, month: int) -> int:
    return gregorian.monthrange(year, month)[1]


def _number(word: str) -> int:
    return _CHINESE.get(word) or int(word)


def _checked(year: int, month: int, text: str) -> Month:
    if year not in _YEARS or not 1 <= month <= 12:
        raise _unreadable(text)
    return Month(year, month)


def _latest(month: Month, this: Month) -> Month:
    return month if month <= this else month.plus(-12)


def _unreadable(text: str) -> UserError:
    return UserError(f"没看懂月份“{text[:20]}”，请写成 2026-03 或 3月。")
