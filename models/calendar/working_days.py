"""Which days the service centre works, and what becomes of a deadline that falls on a day off."""

from __future__ import annotations

import calendar as gregorian
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from chinese_calendar import constants as published

from models.errors import ConfigError, ServiceError

_FIRST_YEAR = min(published.holidays).year
_LAST_YEAR = max(published.holidays).year
_ONE_DAY = timedelta(days=1)


class WeekMode(StrEnum):
    """Which days of an ordinary week are worked."""

    STATUTORY = "statutory"  # Monday to Friday
    SIX_DAY = "six_day"  # Monday to Saturday [manual 二: 每周六天工作制]


class ShiftRule(StrEnum):
    """What a job does when its day is a day off."""

    PREVIOUS = "previous"
    NEXT = "next"
    KEEP = "keep"


class CalendarUnknown(ServiceError):
    """The holidays of `year` are neither published nor entered; nobody guesses them."""

    def __init__(self, year: int) -> None:
        super().__init__(f"{year} 年的放假和调休安排还没有录入，无法计算工作日。请先录入该年日期再试。")
        self.year = year


@dataclass(frozen=True, slots=True)
class Shifted:
    """Where a day came to lie. `reason` is a Chinese sentence, empty when nothing moved."""

    on: date
    reason: str = ""


class Calendar:
    """Working days by the State Council's lists and the dates the centre entered itself.

    Both modes rest on every day of a statutory holiday and work on every make-up day, be it a Saturday or a
    Sunday; they differ only in the ordinary Saturday, which the six-day week works.

    extra_rest, extra_work: days entered by staff; they win over the published lists, in any year.
    entered_years: years beyond the published lists whose dates have all been entered.
    """

    def __init__(
        self,
        mode: str = WeekMode.STATUTORY,
        extra_rest: frozenset[date] = frozenset(),
        extra_work: frozenset[date] = frozenset(),
        entered_years: frozenset[int] = frozenset(),
    ) -> None:
        if both := extra_rest & extra_work:
            raise ConfigError(f"{min(both).isoformat()} 既录入为休息日又录入为工作日，请保留其中一个。")
        self._days_a_week = 6 if WeekMode(mode) is WeekMode.SIX_DAY else 5
        self._rest = extra_rest
        self._work = extra_work
        self._entered_years = entered_years
        self._working_days: dict[tuple[int, int], list[date]] = {}

    def known(self, year: int) -> bool:
        """Whether working days of that year can be told."""
        return _FIRST_YEAR <= year <= _LAST_YEAR or year in self._entered_years

    def is_working_day(self, day: date) -> bool:
        """Whether the centre works that day.

        Raises: CalendarUnknown.
        """
        if not self.known(day.year):
            raise CalendarUnknown(day.year)
        if day in self._work or day in self._rest:
            return day in self._work
        if day in published.workdays or day in published.holidays:
            return day in published.workdays
        return day.weekday() < self._days_a_week

    def nth_working_day(self, year: int, month: int, n: int) -> date:
        """The n-th working day of a month, counted from 1 [manual flow chart: 第十一个工作日]."""
        days = self._working_days_of(year, month)
        if not 1 <= n <= len(days):
            raise ValueError(f"{year}-{month:02} has no working day number {n}")
        return days[n - 1]

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after `day`, or before it when n is negative; `day` itself for 0.

        The day one counts from is not counted [law: 民法典 §201].
        """
        step = _ONE_DAY if n > 0 else -_ONE_DAY
        left = abs(n)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def shift(self, day: date, rule: str) -> Shifted:
        """The day on which something planned for `day` is done, with the reason where it moved."""
        rule = ShiftRule(rule)
        if rule is ShiftRule.KEEP or self.is_working_day(day):
            return Shifted(day)
        if rule is ShiftRule.PREVIOUS:
            return _moved(day, self.add_working_days(day, -1), "提前至")
        return _moved(day, self.add_working_days(day, 1), "顺延至")

    def _working_days_of(self, year: int, month: int) -> list[date]:
        """Kept, because a dunning run asks for the same few months once for each bill."""
        days = self._working_days.get((year, month))
        if days is None:
            every = (date(year, month, number) for number in range(1, _days_in(year, month) + 1))
            days = self._working_days[year, month] = [day for day in every if self.is_working_day(day)]
        return days


def day_of_month(year: int, month: int, day: int) -> date:
    """That day of the month; the last one where the month is shorter [law: 民法典 §202; practice]."""
    return date(year, month, min(day, _days_in(year, month)))


def _days_in(year: int, month: int) -> int:
    return gregorian.monthrange(year, month)[1]


def _moved(planned: date, on: date, word: str) -> Shifted:
    if (planned.year, planned.month) == (on.year, on.month):
        return Shifted(on, f"{planned.day} 日为休息日，{word} {on.day} 日")
    return Shifted(on, f"{planned.month} 月 {planned.day} 日为休息日，{word} {on.month} 月 {on.day} 日")
