"""From–to as people write it: 明天9点到下午4点, 3月18日 9:00-16:00, 今晚22:00至次日6:00. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

from models.calendar.day_words import parse_day
from models.clock import at_local, local, local_date
from models.errors import UserError

_DAY = (
    r"(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}[日号]?|\d{1,2}月\d{1,2}[日号]|今[天日]|明[天日]|大?后天|今晚|明晚|次日|第二天|当[天日]"
    r"|(?:这|本|下)?(?:周|星期)[一二三四五六日天])"
)
_PART = r"(?:凌晨|清晨|早上|上午|中午|下午|傍晚|晚上|夜里|晚)"
_TIME = r"\d{1,2}(?::\d{2}|[点时](?:半|\d{1,2}分?)?)"
_MOMENT = rf"(?:({_DAY})\s*)?({_PART})?\s*({_TIME})"
_SPAN = re.compile(rf"(?:从|自)?{_MOMENT}\s*(?:-|–|—|~|至|到)\s*{_MOMENT}")
_ONE = re.compile(_MOMENT)
_AFTERNOON = ("下午", "傍晚", "晚上", "夜里", "晚")
_NEXT = ("次日", "第二天")
LONGEST = timedelta(days=14)


def span_said(text: str, now: datetime) -> tuple[datetime, datetime, str] | None:
    """From, to and the text without them; None when the text names no span.

    Raises UserError for a span that is over, or runs backwards or for weeks.
    """
    plain = unicodedata.normalize("NFKC", text)
    match = _SPAN.search(plain)
    if match is None:
        return None
    day1, part1, time1, day2, part2, time2 = match.groups()
    on = _day(day1, local_date(now), local_date(now))
    from_at = _at(on, part1 or _part_of(day1), time1)
    until_at = _at(_day(day2, on, local_date(now)), part2 or _part_of(day2), time2)
    if until_at <= from_at and not day2:
        until_at += timedelta(hours=12 if _said_afternoon(part1, time2) else 24)
        until_at += timedelta(hours=12) if until_at <= from_at else timedelta()
    _check(from_at, until_at, now)
    whole = text if len(text) == len(plain) else plain  # the words around keep their own marks
    return from_at, until_at, whole[: match.start()] + " " + whole[match.end() :]


def moment_said(text: str, now: datetime) -> datetime | None:
    """The one instant a text names, today unless it says a day; None when it names none."""
    match = _ONE.search(unicodedata.normalize("NFKC", text))
    if match is None:
        return None
    day, part, time = match.groups()
    return _at(_day(day, local_date(now), local_date(now)), part or _part_of(day), time)


def span_text(from_at: datetime, until_at: datetime) -> str:
    """ "3月18日 09:00 至 16:00", with the second day where it is another."""
    start, end = local(from_at), local(until_at)
    first = f"{start.month}月{start.day}日 {start:%H:%M}"
    if end.date() == start.date():
        return f"{first} 至 {end:%H:%M}"
    return f"{first} 至 {end.month}月{end.day}日 {end:%H:%M}"


def _check(from_at: datetime, until_at: datetime, now: datetime) -> None:
    if until_at <= from_at:
        raise UserError("结束时间要晚于开始时间，请重写，例如：明天 9:00-16:00。")
    if until_at <= now:
        raise UserError("这段时间已经过去，请重写，例如：明天 9:00-16:00。")
    if until_at - from_at > LONGEST:
        raise UserError(f"一次最多 {LONGEST.days} 天，请分开写。")


def _day(word: str | None, same: date, today: date) -> date:
    if not word or word in ("当天", "当日"):
        return same
    if word in _NEXT:
        return same + timedelta(days=1)
    return parse_day({"今晚": "今天", "明晚": "明天"}.get(word, word), today)


def _part_of(day: str | None) -> str:
    return "晚" if day in ("今晚", "明晚") else ""


def _at(on: date, part: str, time: str) -> datetime:
    hour_word, _, minute_word = re.sub(r"[点时]", ":", time.rstrip("分")).partition(":")
    hour, minute = int(hour_word), 30 if minute_word == "半" else int(minute_word or 0)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise UserError(f"没有“{time}”这个时间，请写成 9:00 或 下午4点。")
    if hour < 12 and part in _AFTERNOON:
        hour += 12
    if hour == 24:
        return at_local(on + timedelta(days=1), 0, minute)
    return at_local(on, hour, minute)


def _said_afternoon(part: str | None, time: str) -> bool:
    """下午2点到4点: the second is in the afternoon too."""
    hour = int(re.match(r"\d{1,2}", time)[0])  # type: ignore[index]  # the pattern begins with digits
    return part in _AFTERNOON and hour < 12
