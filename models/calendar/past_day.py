"""The day somebody means that has come already: 3月10日, 2026-03-10, 昨天."""

from __future__ import annotations

import re
from datetime import date, timedelta

from models.calendar.period import Month
from models.errors import UserError

_DAY = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/月](\d{1,2})[日号]?", re.ASCII)
_AT_END = re.compile(r"\s*" + _DAY.pattern + "$", re.ASCII)
_AGO = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2}


def past_day(word: str, today: date) -> date | None:
    """The day the word names, None when it names none; without a year it is the latest that has come.

    Raises: UserError for a day that does not exist, lies ahead, or more than a year back.
    """
    if word in _AGO:
        return today - timedelta(days=_AGO[word])
    match = _DAY.fullmatch(word)
    return _day(match, today) if match else None


def split_past_day(text: str, today: date) -> tuple[str, date | None]:
    """The text without the day at its end, and that day. Raises: UserError as above."""
    whole = text.strip()
    match = _AT_END.search(whole)
    if match is None:
        return whole, None
    return whole[: match.start()].strip(), _day(match, today)


def _day(match: re.Match[str], today: date) -> date:
    try:
        day = date(int(match[1] or today.year), int(match[2]), int(match[3]))
        if not match[1] and day > today:
            day = day.replace(year=today.year - 1)
    except ValueError as wrong:
        raise UserError(f"没有“{match[0].strip()}”这一天，请核对日期。") from wrong
    if day > today or Month.of(day) < Month.of(today).plus(-12):
        raise UserError("日期要在最近一年之内，请核对日期。")
    return day
