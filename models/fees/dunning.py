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

_ONE_DAY = timedelta(days=1)
_LIMITATION_YEARS = 3


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
class Rung:
    """One letter of the ladder. name: as people read it; kind: of the notice; opens: its first day."""

    name: str
    kind: str
    opens: OnWorkingDay | AfterDay


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs from the lowest to the highest; between two letters to a tenant lie at least `gap_days` days."""

    rungs: tuple[Rung, ...]
    gap_days: int = 7


def make_ladder(
    *, first_working_day: int = 11, last_day: int = 30, gap_days: int = 7, suspension: bool = False
) -> Ladder:
    """催款通知单, then the last letter after `last_day` of the same month [manual flow chart: 超过当月30日].

    suspension: the last letter is the manual's 暂停服务通知书; else the 欠费法律告知函, because pressing for
    property fees by stopping utilities is forbidden [law: 民法典 §944].
    """
    name, kind = ("暂停服务通知书", "suspension_notice") if suspension else ("欠费法律告知函", "legal_letter")
    first = Rung("催款通知单", "dunning_notice", OnWorkingDay(first_working_day))
    return Ladder((first, Rung(name, kind, AfterDay(last_day))), gap_days)


LAWFUL_LADDER = make_ladder()


@dataclass(frozen=True, slots=True)
class Unpaid:
    """What is open of a bill."""

    bill_id: int
    month: Month
    due_on: date
    open_fen: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that has gone out, once for each bill it counted for."""

    kind: str
    bill_id: int
    sent_on: date


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
    ladder: Ladder = LAWFUL_LADDER,
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


def limitation_until(last_proof_on: date) -> date:
    """The last day of the limitation, begun anew by a provable demand [law: 民法典 §§188, 195, 202]."""
    return day_of_month(last_proof_on.year + _LIMITATION_YEARS, last_proof_on.month, last_proof_on.day)


def _of_ladder(letters: Sequence[Letter], ladder: Ladder) -> list[Letter]:
    kinds = {rung.kind for rung in ladder.rungs}
    return [letter for letter in letters if letter.kind in kinds]


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
    climbed = {letter.kind for letter in sent if letter.bill_id == bill.bill_id}
    reached = [height for height, rung in enumerate(ladder.rungs, start=1) if rung.kind in climbed]
    height = max(reached, default=0)
    if height == len(ladder.rungs):
        return None
    rung = ladder.rungs[height]
    opened_on = max(rung.opens.opens_on(bill.month, calendar), bill.due_on + _ONE_DAY)
    return Step(rung, (bill.bill_id,), opened_on)


def _joined(steps: Sequence[Step]) -> Step | None:
    """The first step, made to count for every bill that waits for the same letter."""
    if not steps:
        return None
    first = steps[0]
    together = [bill_id for step in steps if step.rung == first.rung for bill_id in step.bill_ids]
    return replace(first, bill_ids=tuple(together))
