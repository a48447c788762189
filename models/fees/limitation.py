"""When a claim can no longer be enforced (诉讼时效), and what begins the three years anew [law: 民法典 §§188, 195].

What restarts it is evidence, not sending: a demand that is shown to have arrived [law: 诉讼时效规定 2020 §8], a promise
to pay, or a payment in part [law: §14]. A demand for a part of the claim counts for the rest [law: §9].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.calendar.working_days import day_of_month

_YEARS = 3


@dataclass(frozen=True, slots=True)
class Restart:
    """Something that began the limitation anew. what: in words, with what proves it."""

    on: date
    what: str


@dataclass(frozen=True, slots=True)
class Limitation:
    """Until when a claim can be enforced, and since when that is counted. since: None from the due day itself."""

    until_on: date
    since: Restart | None

    def days_left(self, today: date) -> int:
        """Days until its last day; negative when it has passed."""
        return (self.until_on - today).days


def limitation_until(last_proof_on: date) -> date:
    """The last day of the limitation that began on that day [law: 民法典 §202]."""
    return day_of_month(last_proof_on.year + _YEARS, last_proof_on.month, last_proof_on.day)


def limitation_of(due_on: date, restarts: Sequence[Restart]) -> Limitation:
    """The limitation of a bill. What comes after its end revives nothing [law: 民法典 §192; a person must look]."""
    found = Limitation(limitation_until(due_on), None)
    for restart in sorted(restarts, key=lambda each: each.on):
        if due_on < restart.on <= found.until_on:
            found = Limitation(limitation_until(restart.on), restart)
    return found
