"""How long each step of a case may take, and which hours count [practice: the manual has only the titles]."""

from __future__ import annotations

from collections.abc import Callable

from models.calendar.duty import DutyHours
from models.cases.case import Case
from models.cases.timer import Target
from models.rules import Rules
from models.rules.repair import Kind, RepairRules


def duty_hours(rules: Rules) -> DutyHours:
    """When the desk is manned."""
    desk = rules.desk
    return DutyHours(desk.duty_from, desk.duty_until, frozenset(desk.duty_weekdays))


def of_repair(kind: Kind) -> Callable[[Rules, Case], Target]:
    """The target of a repair by its urgency; some categories have their own."""

    def target(rules: Rules, case: Case) -> Target:
        repair, urgency = rules.repair, case.urgency
        own = repair.targets.get(case.category, {}).get(kind, {})
        minutes = own.get(urgency) or _usual(repair, kind)[urgency]
        ahead = repair.remind_before_min.get(kind, {}).get(urgency, 0)
        return Target(minutes, ahead, None if urgency in repair.around_the_clock else duty_hours(rules))

    return target


def _usual(repair: RepairRules, kind: Kind) -> dict[str, int]:
    return {"accept": repair.accept_min, "arrive": repair.arrive_min, "finish": repair.finish_min}[kind]


def low_rating_call(rules: Rules, _case: Case) -> Target:
    """Somebody telephones who rated a repair low."""
    return Target(rules.repair.low_rating_call_min, 0, duty_hours(rules))


def complaint_accept(rules: Rules, _case: Case) -> Target:
    """Somebody takes the complaint on."""
    return Target(rules.complaint.accept_min, 0, duty_hours(rules))


def complaint_answer(rules: Rules, _case: Case) -> Target:
    """The complaint is answered; a promise in hours counts around the clock."""
    return Target(rules.complaint.answer_min, rules.complaint.remind_before_min)


def inquiry_answer(rules: Rules, _case: Case) -> Target:
    """A person replies."""
    return Target(rules.inquiry.answer_min, rules.inquiry.remind_before_min, duty_hours(rules))
