"""The day somebody means by 周五, 下周一, 本月底, 3月28日 or 明天."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

from models.calendar.period import Month
from models.errors import UserError

_SOON = {"今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}
_WEEKDAYS = (
    {word: number for number, word in enumerate("一二三四五六日", start=1)}
    | {"天": 7}
    | {str(number): number for number in range(1, 8)}
)
_WEEKDAY = re.compile(r"(这|本|下)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天1-7])")
_MONTH_END = re.compile(r"(本|这个|下|下个)?月(?:底|末)")
_FULL = re.compile(r"([0-9]{4}) *[-/.年] *([0-9]{1,2}) *[-/.月] *([0-9]{1,2}) *[日号]?")
_SHORT = re.compile(r"([0-9]{1,2}) *[-/.月] *([0-9]{1,2}) *[日号]?")
_DAY = re.compile(r"([0-9]{1,2}) *[日号]")
_TAIL = re.compile(
    r"(?:之前|以前|前|当天|上午|下午|中午|晚上)?(?:一定|就|会)?(?:付款|付清|付|缴费|缴清|缴|交清|交|支付|到账|转账|转)?[。.!]*$"
)


def parse_day(text: str, today: date) -> date:
    """The first such day from today on; a weekday is this week's unless it is over.

    Raises: UserError, with examples.
    """
    word = unicodedata.normalize("NFKC", text).strip()
    word = _TAIL.sub("", word).strip()
    for reader in (_soon, _weekday, _month_end, _by_numbers):
        day = reader(word, today)
        if day is not None:
            return day
    raise UserError(f"没看懂日期“{text[:20]}”，请写成 周五、3月28日 或 本月底。")


def _soon(word: str, today: date) -> date | None:
    return today + timedelta(days=_SOON[word]) if word in _SOON else None


def _weekday(word: str, today: date) -> date | None:
    """周五 is the coming one; 下周五 lies in the week that begins next Monday."""
    match = _WEEKDAY.fullmatch(word)
    if match is None:
        return None
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(days=_WEEKDAYS[match[2]] - 1)
    if match[1] == "下" or (match[1] is None and day < today):
        day += timedelta(days=7)
    return day


def _month_end(word: str, today: date) -> date | None:
    match = _MONTH_END.fullmatch(word)
    if match is None:
        return None
    month = Month.of(today)
    return (month.next() if (match[1] or "").startswith("下") else month).last_day


def _by_numbers(word: str, today: date) -> date | None:
    try:
        if full := _FULL.fullmatch(word):
            return date(int(full[1]), int(full[2]), int(full[3]))
        if short := _SHORT.fullmatch(word):
            day = date(today.year, int(short[1]), int(short[2]))
            return day if day >= today - _RECENT else day.replace(year=today.year + 1)
        if bare := _DAY.fullmatch(word):
            this = date(today.year, today.month, int(bare[1]))
            return this if this >= today else _same_day_next_month(this)
    except ValueError:
        raise UserError(f"日历上没有“{word[:20]}”这一天，请写成 周五、3月28日 或 本月底。") from None
    return None


_RECENT = timedelta(days=180)
"""A day without a year that lies this far behind is next year's; one just past is a slip to be told about."""


def _same_day_next_month(day: date) -> date:
    following = Month.of(day).next()
    return date(following.year, following.month, day.day)
