"""Why a job's day is the day it is, in words: rest days, working days, and the days of the manual."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from models.calendar.period import Month
from models.calendar.working_days import Calendar
from models.fees.dunning import AfterDay, DaysAfterPrevious, OnWorkingDay, ladder_of
from models.rules import Rules
from scheduler.reminders import bill_day

BILLS = "rehearsal.bills"
"""Stands for the bills a rehearsal issues itself."""
_WEEKDAYS = "一二三四五六日"
Reason = Callable[[date, Rules, Calendar], str]


def weekday(day: date) -> str:
    """ "周三"."""
    return f"周{_WEEKDAYS[day.weekday()]}"


def _bill_day(day: date, rules: Rules, calendar: Calendar) -> str:
    moved = bill_day(Month.of(day), rules, calendar).reason
    return f"每月 {rules.fees.bill_day} 日出账{f'，{moved}' if moved else ''}"


def letter_reason(level: str, month: Month, rules: Rules, calendar: Calendar) -> str:
    """Why a dunning letter of that level, decided by the bill of `month`, may go from its day on."""
    rung = next((rung for rung in ladder_of(rules).rungs if rung.name == level), None)
    if rung is None:
        return ""
    match rung.opens:
        case DaysAfterPrevious(days=days):
            return f"上一封之后 {days} 天"
        case AfterDay(day=day):
            return f"过了 {day} 日仍未交（自 {_short(rung.opens.opens_on(month, calendar))}起）"
        case OnWorkingDay(n=n):
            on = rung.opens.opens_on(month, calendar)
            return f"{on.month}月第 {n} 个工作日（{_short(on)}）起"


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日{weekday(day)}"


_REASONS: dict[str, Reason] = {
    "remind.bills": _bill_day,
    BILLS: _bill_day,
    "stats.monthly": lambda *_: "每月第一个工作日",
    "remind.close": lambda *_: "每月 3、5 日，月结未完成时",
    "remind.charges": lambda *_: "每月 22 日，还没有提交财务时",
    "remind.meters": lambda *_: "每月 23 日，还有表未抄时",
}


def day_reason(job: str, day: date, rules: Rules, calendar: Calendar) -> str:
    """Why this job runs on that day; "" where its name says enough."""
    reason = _REASONS.get(job)
    return reason(day, rules, calendar) if reason else ""
