"""The ladder a debtor is led up, as data, and the one step of today.

Nothing here remembers: what has been sent, what is owed and what pauses the ladder come in as facts, so that
a part payment can neither drop a tenant from the ladder nor make him jump a rung.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from models.calendar.period import Month
from models.calendar.working_days import Calendar, day_of_month
from models.rules import Rules
from models.rules.dunning import LevelRule

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OnWorkingDay:
    """From the n-th working day of the month so many months after the bill's month."""

    n: int
    months_after: int = 1

    def opens_on(self, month: Month, calendar: Calendar) -> date:
        """The first day of the rung for the bill of `month`."""
        then = month.plus(self.months_after)
        return calendar.nth_working_day(then.year, then.month, self.n)


@dataclass(frozen=True, slots=True)
class AfterDay:
    """From the day after a day of the month so many months after the bill's month."""

    day: int
    months_after: int = 1

    def opens_on(self, month: Month, calendar: Calendar) -> date:
        """The first day of the rung for the bill of `month`."""
        then = month.plus(self.months_after)
        return day_of_month(then.year, then.month, self.day) + _ONE_DAY


@dataclass(frozen=True, slots=True)
class DaysAfterPrevious:
    """From so many days after the letter of the rung below."""

    days: int


Opens = OnWorkingDay | AfterDay | DaysAfterPrevious


@dataclass(frozen=True, slots=True)
class Rung:
    """One letter of the ladder. name: as records and people know it; kind: of the notice; opens: its first day."""

    name: str
    kind: str
    opens: Opens


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs from the lowest to the highest; between two letters to a tenant lie at least `gap_days` days."""

    rungs: tuple[Rung, ...]
    gap_days: int = 7

    def height(self, letter: Letter) -> int:
        """How high the letter stands, from 1; 0 where it is none of this ladder.

        A letter of a level that has another name by now counts as the lowest of its kind.
        """
        by_name = [height for height, rung in enumerate(self.rungs, 1) if rung.name == letter.rung]
        by_kind = [height for height, rung in enumerate(self.rungs, 1) if rung.kind == letter.kind]
        return next(iter(by_name or by_kind), 0)


def ladder_of(rules: Rules) -> Ladder:
    """The levels of the settings."""
    suspends = rules.suspension.mode != "off"
    rungs = (
        Rung(level.title(suspends=suspends), level.letter(suspends=suspends), _opens(level))
        for level in rules.dunning.levels
    )
    return Ladder(tuple(rungs), rules.dunning.gap_days)


def _opens(level: LevelRule) -> Opens:
    if level.working_day is not None:
        return OnWorkingDay(level.working_day, level.months_after)
    if level.after_day is not None:
        return AfterDay(level.after_day, level.months_after)
    return DaysAfterPrevious(level.days_after_previous or 1)


@dataclass(frozen=True, slots=True)
class Unpaid:
    """What is open of a bill."""

    bill_id: int
    month: Month
    due_on: date
    open_fen: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that has gone out, once for each bill it counted for. rung: the level's name at that time."""

    kind: str
    bill_id: int
    sent_on: date
    rung: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """The letter to send now.

    bill_ids: the bills it counts for, the one that decided first.
    opened_on: since when it has been possible.
    """

    rung: Rung
    bill_ids: tuple[int, ...]
    opened_on: date


def next_step(
    today: date,
    unpaid: Sequence[Unpaid],
    letters: Sequence[Letter],
    calendar: Calendar,
    *,
    ladder: Ladder,
    paused_until: date | None = None,
) -> Step | None:
    """The one letter a tenant gets today, or None.

    Each bill climbs the rungs in order, none skipped, none repeated. The oldest unpaid bill decides; where no
    letter is open for it, the next oldest, so that a tenant who never pays still gets each month's 催款通知单
    [manual flow chart: 每月]. A letter counts for every bill that stands on the same rung.

    today: the real day, also in a run that makes up a missed one; so a backlog of letters comes out one by
    one, `gap_days` apart, and with honest dates.
    letters: all to this tenant, in any order; kinds that are no rung of the ladder do not count.
    paused_until: last day of a promise or a dispute.

    Raises: CalendarUnknown.
    """
    if paused_until is not None and today <= paused_until:
        return None
    sent = _of_ladder(letters, ladder)
    if any(today < letter.sent_on + timedelta(days=ladder.gap_days) for letter in sent):
        return None
    return _joined(_open_steps(today, unpaid, sent, ladder, calendar))


def _of_ladder(letters: Sequence[Letter], ladder: Ladder) -> list[Letter]:
    return [letter for letter in letters if ladder.height(letter)]


def _open_steps(
    today: date, unpaid: Sequence[Unpaid], sent: Sequence[Letter], ladder: Ladder, calendar: Calendar
) -> list[Step]:
    """The open step of each overdue bill that has one, oldest bill first."""
    overdue = [bill for bill in unpaid if bill.open_fen > 0 and bill.due_on < today]
    overdue.sort(key=lambda bill: (bill.due_on, bill.bill_id))
    steps = [_step_of(bill, sent, ladder, calendar) for bill in overdue]
    return [step for step in steps if step is not None and step.opened_on <= today]


def _step_of(bill: Unpaid, sent: Sequence[Letter], ladder: Ladder, calendar: Calendar) -> Step | None:
    """The rung above the highest one this bill has climbed; None at the top."""
    climbed = {ladder.height(letter): letter for letter in sent if letter.bill_id == bill.bill_id}
    height = max(climbed, default=0)
    if height == len(ladder.rungs):
        return None
    rung = ladder.rungs[height]
    opened_on = _first_day(rung.opens, bill, climbed.get(height), calendar)
    return Step(rung, (bill.bill_id,), max(opened_on, bill.due_on + _ONE_DAY))


def _first_day(opens: Opens, bill: Unpaid, below: Letter | None, calendar: Calendar) -> date:
    match opens:
        case DaysAfterPrevious(days):
            return (below.sent_on if below else bill.due_on) + timedelta(days=days)
        case OnWorkingDay() | AfterDay():
            return opens.opens_on(bill.month, calendar)


def _joined(steps: Sequence[Step]) -> Step | None:
    """The first step, made to count for every bill that waits for the same letter."""
    if not steps:
        return None
    first = steps[0]
    together = [bill_id for step in steps if step.rung == first.rung for bill_id in step.bill_ids]
    return replace(first, bill_ids=tuple(together))
