"""The last day to pay, and why it is that day."""

from __future__ import annotations

from datetime import date, timedelta

from models.calendar.period import Month
from models.calendar.working_days import Calendar, CalendarUnknown, Shifted
from models.errors import UserError
from models.rules import Rules


def due_day(month: Month, rules: Rules, calendar: Calendar) -> Shifted:
    """A working day of the next month [manual flow chart], moved or kept as `fees.due_shift` says.

    Raises: UserError when that year's calendar is not known.
    """
    after = month.next()
    try:
        day = calendar.nth_working_day(after.year, after.month, rules.fees.due_working_day)
        return calendar.shift(day, rules.fees.due_shift)
    except CalendarUnknown as unknown:
        raise _refusal(unknown) from unknown


def late_due_day(month: Month, today: date, rules: Rules, calendar: Calendar) -> Shifted:
    """For bills that follow after the month's: never less than `fees.supplement_days` from today [practice].

    Raises: UserError when that year's calendar is not known.
    """
    usual = due_day(month, rules, calendar)
    earliest = today + timedelta(days=rules.fees.supplement_days)
    if usual.on >= earliest:
        return usual
    try:
        return calendar.shift(earliest, "next")
    except CalendarUnknown as unknown:
        raise _refusal(unknown) from unknown


def _refusal(unknown: CalendarUnknown) -> UserError:
    return UserError(
        f"{unknown.year} 年的放假安排还没有录入，无法算出付款截止日。"
        "请管理员在 config.yaml 的 calendar 下录入该年日期（extra_rest、extra_work、entered_years），再出账。"
    )
