"""The time of a loss as people say it: 14:30, 昨晚11点, 20分钟前, 3月15日 8:00, 早上8点发现, 不清楚."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.clock import at_local, local
from models.errors import UserError

_DAYS = {"今": 0, "昨": 1, "前": 2, "明": -1}
_DAY = re.compile(r"(今|昨|前|明)(天|日|早|晨|晚|夜)")
_DATE = re.compile(r"(?:(\d{4})[年/.-])?(\d{1,2})[月/.-](\d{1,2})[日号]?(?!\d|:)")
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2})(?::\d{2})?|[点时](?:(半)|(\d{1,2})分?)?)")
_AGO = re.compile(r"(\d{1,3}|半|一|两)个?(小时|分钟|钟头)(?:以)?前")
_NOW = ("刚刚", "刚才", "现在", "正在", "刚发生")
_UNKNOWN = ("不知道", "不清楚", "不明", "不详", "说不清", "未知")
_EVENING = ("下午", "傍晚", "晚上", "今晚", "昨晚", "前晚", "昨夜", "夜里")
_NIGHT = ("晚上", "今晚", "昨晚", "前晚", "昨夜", "夜里")
_NOON = "中午"
_WORDS = re.compile(
    r"(今|昨|前|明)(天|日|早|晨|晚|夜)|凌晨|早上|上午|中午|下午|傍晚|晚上|夜里|半夜|左右|大约|大概|约|发现|出险|发生"
)


@dataclass(frozen=True, slots=True)
class When:
    """at: the loss, None while nobody knows. found_at: the discovery, where it was said. rest: the text without the time."""

    at: datetime | None
    found_at: datetime | None
    rest: str


def when_said(text: str, now: datetime) -> When | None:
    """What the text says of the time; None when it says nothing of it. Raises UserError for a time to come."""
    plain = unicodedata.normalize("NFKC", text)
    at = _ago(plain, now) or _clock_time(plain, now)
    if at is None and any(word in plain for word in _NOW):
        at = now
    if at is None:
        return When(None, None, _without(plain)) if any(word in plain for word in _UNKNOWN) else None
    if at > now:
        raise UserError(
            "出险时间不能晚于现在，请重新写，例如：昨晚11点、14:30、20分钟前，说不清就写“不清楚”。"
        )
    if "发现" in plain:
        return When(None, at, _without(plain))
    return When(at, None, _without(plain))


def _ago(plain: str, now: datetime) -> datetime | None:
    match = _AGO.search(plain)
    if match is None:
        return None
    amount = {"半": 0.5, "一": 1.0, "两": 2.0}.get(match[1]) or float(match[1])
    return now - (timedelta(minutes=amount) if match[2] == "分钟" else timedelta(hours=amount))


def _clock_time(plain: str, now: datetime) -> datetime | None:
    """A time of day, on the day that was said; without a day the last such time that is over."""
    without_date = _DATE.sub(" ", plain)
    match = _CLOCK.search(without_date)
    if match is None:
        return None
    hour, minute = int(match[1]), 30 if match[3] else int(match[2] or match[4] or 0)
    day, said = _day(plain, now)
    if (hour <= 12 and any(word in plain for word in _EVENING)) or (_NOON in plain and hour < 3):
        if hour == 12 and any(word in plain for word in _NIGHT):
            hour, day = 0, day + timedelta(days=1)
        elif hour < 12:
            hour += 12
    if hour > 23 or minute > 59:
        return None
    at = at_local(day, hour, minute)
    return at if said or at <= now else at - timedelta(days=1)


def _day(plain: str, now: datetime) -> tuple[date, bool]:
    """The day that was said, else today; and whether one was said."""
    today = local(now).date()
    if match := _DATE.search(plain):
        return _date(match, today), True
    if match := _DAY.search(plain):
        return today - timedelta(days=_DAYS[match[1]]), True
    return today, False


def _date(match: re.Match[str], today: date) -> date:
    year, month, day = int(match[1] or today.year), int(match[2]), int(match[3])
    try:
        found = date(year, month, day)
        return found if match[1] or found <= today else found.replace(year=year - 1)
    except ValueError:
        raise UserError(f"没有 {month} 月 {day} 日这一天，请重新写出险时间。") from None


def _without(plain: str) -> str:
    """The text without its words of time."""
    for pattern in (_DATE, _AGO, _CLOCK, _WORDS):
        plain = pattern.sub("", plain)
    for word in (*_NOW, *_UNKNOWN):
        plain = plain.replace(word, "")
    return plain.strip(" ,，。、的时")
