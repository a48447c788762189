"""Which step of the delivery ladder a letter is due for on a day, and why that day. Pure [manual ¶4.6.6; practice].

The letter itself is made on its day, be it a day off; what members of staff have to do falls on working days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from models.calendar.period import Month
from models.calendar.working_days import Calendar, CalendarUnknown, Shifted, day_of_month
from models.notices.delivery_step import Rung
from models.rules import NoticeRules


@dataclass(frozen=True, slots=True)
class Standing:
    """What the ladder has to know of an unsigned letter.

    monthly: a payment notice, which has the visit days of its month. visits, posts: days on which staff were asked.
    refused_on: last refused at the door. posted_on: of the parcel that is on its way. returned_on: of the last parcel.
    """

    made_on: date
    monthly: bool
    visits: tuple[date, ...] = ()
    posts: tuple[date, ...] = ()
    traces: tuple[date, ...] = ()
    refused_on: date | None = None
    posted_on: date | None = None
    returned_on: date | None = None


@dataclass(frozen=True, slots=True)
class DueStep:
    """What is to be done today. reason: a Chinese sentence where the day moved, else ""."""

    rung: Rung
    reason: str = ""


def due_step(letter: Standing, today: date, rules: NoticeRules, calendar: Calendar) -> DueStep | None:
    """The task of the day, if any; asked again the same day it is the same."""
    if today - letter.made_on > timedelta(days=rules.give_up_after_days):
        return None
    if letter.posted_on is not None:
        return _trace(letter, letter.posted_on, today, rules, calendar)
    if letter.returned_on is not None:
        return _first_working_day(Rung.POST, letter.posts, letter.returned_on, today, calendar)
    if letter.refused_on is not None:
        return _first_working_day(Rung.POST, letter.posts, letter.refused_on, today, calendar)
    return _visit(letter, today, rules, calendar) or _post(letter, today, rules, calendar)


def visit_days(letter: Standing, rules: NoticeRules, calendar: Calendar) -> list[Shifted]:
    """The days on which the letter is to be brought, in order."""
    if letter.monthly:
        month = Month.of(letter.made_on)
        planned = [day_of_month(month.year, month.month, day) for day in sorted(rules.visit_days)]
        moved = {day.on: day for day in (_shifted(day, rules, calendar) for day in planned)}
        later = [moved[on] for on in sorted(moved) if on > letter.made_on]
        if later:
            return later
    return [Shifted(working_days_after(letter.made_on, rules.letter_visit_after, calendar))]


def working_days_after(day: date, n: int, calendar: Calendar) -> date:
    """In a year whose holidays nobody has entered, Monday to Saturday count [manual 二: 每周六天]."""
    try:
        return calendar.add_working_days(day, n)
    except CalendarUnknown:
        while n:
            day += timedelta(days=1)
            n -= day.isoweekday() < 7
        return day


def is_working_day(day: date, calendar: Calendar) -> bool:
    """As above."""
    try:
        return calendar.is_working_day(day)
    except CalendarUnknown:
        return day.isoweekday() < 7


def _shifted(planned: date, rules: NoticeRules, calendar: Calendar) -> Shifted:
    try:
        return calendar.shift(planned, rules.visit_shift)
    except CalendarUnknown:
        return Shifted(planned)


def _visit(letter: Standing, today: date, rules: NoticeRules, calendar: Calendar) -> DueStep | None:
    days = visit_days(letter, rules, calendar)
    for day in days:
        if day.on == today:
            return DueStep(Rung.VISIT, day.reason)
    last = days[-1].on
    asked = _visits_since(letter, last)
    missed = not asked or today in asked
    if missed and not letter.posts and today > last and is_working_day(today, calendar):
        return DueStep(Rung.VISIT, f"{last.month} 月 {last.day} 日未能列出，今日补列")
    return None


def _visits_since(letter: Standing, last: date) -> list[date]:
    """Visits asked for on the last planned day or later; one asked for earlier, because no message went through,
    does not bring the post forward.
    """
    return [day for day in letter.visits if day >= last]


def _post(letter: Standing, today: date, rules: NoticeRules, calendar: Calendar) -> DueStep | None:
    visits = _visits_since(letter, visit_days(letter, rules, calendar)[-1].on)
    if not visits:
        return None
    due_on = working_days_after(max(visits), rules.post_after, calendar)
    asked = letter.posts and today not in letter.posts
    if asked or today < due_on or not is_working_day(today, calendar):
        return None
    return DueStep(Rung.POST)


def _first_working_day(
    rung: Rung, asked: tuple[date, ...], since: date, today: date, calendar: Calendar
) -> DueStep | None:
    """Once after `since`: it was told on the spot, this is the reminder."""
    again = [day for day in asked if day > since and day != today]
    if again or today <= since or not is_working_day(today, calendar):
        return None
    return DueStep(rung)


def _trace(
    letter: Standing, posted_on: date, today: date, rules: NoticeRules, calendar: Calendar
) -> DueStep | None:
    last = max((day for day in letter.traces if day != today), default=posted_on)
    waited = today - max(last, posted_on) >= timedelta(days=rules.trace_after_days)
    return DueStep(Rung.TRACE) if waited and is_working_day(today, calendar) else None
