"""The clocks of a workflow, as data: models.cases.timing makes them run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from models.calendar.duty import DutyHours
from models.cases.case import Case
from models.rules import Rules


@dataclass(frozen=True, slots=True)
class Target:
    """How long something may take. ahead_min: so long before the end whoever has to act is reminded, 0 for never.

    hours: the time that counts; None when every minute does.
    """

    minutes: int
    ahead_min: int = 0
    hours: DutyHours | None = None


@dataclass(frozen=True, slots=True)
class Timer:
    """A target time. It starts on entering `starts`, goes on in `runs`, stands still in `pauses`, is met in `met`.

    Entering any other state drops it. `label` says what must happen.
    """

    kind: str
    label: str
    target: Callable[[Rules, Case], Target]
    starts: frozenset[str]
    runs: frozenset[str]
    met: frozenset[str]
    pauses: frozenset[str] = frozenset()
