"""Target times of cases: started, paused, met and dropped as the case moves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.duty import between, later_by
from models.cases.case import Case, Deadline
from models.cases.timer import Target, Timer
from models.cases.workflow import Workflow
from models.rules import Rules

AHEAD = -1
"""The level of the reminder before a target."""


async def live_deadlines(session: AsyncSession, case_id: int) -> list[Deadline]:
    """Deadlines of the case that are neither met nor dropped, earliest first, locked for change."""
    return list(await session.scalars(_LIVE, {"of": case_id}))


_LIVE = (
    select(Deadline)
    .where(Deadline.case_id == bindparam("of"), Deadline.met_at.is_(None), Deadline.dropped_at.is_(None))
    .order_by(Deadline.due_at, Deadline.id)
    .with_for_update()
)


async def keep_time(
    session: AsyncSession, workflow: Workflow, case: Case, now: datetime, rules: Rules
) -> None:
    """Brings the deadlines in line with the state the case has just entered."""
    live = await live_deadlines(session, case.id)
    for timer in workflow.timers:
        rows = [row for row in live if row.kind == timer.kind]
        target = timer.target(rules, case)
        for row in rows:
            _follow(row, timer, target, case.state, now)
        if not rows and case.state in timer.starts:
            session.add_all(_started(case, timer.kind, target, now))
    await session.flush()


def _started(case: Case, kind: str, target: Target, now: datetime) -> list[Deadline]:
    """The target itself, and the reminder ahead of it."""
    levels = {0: target.minutes}
    if 0 < target.ahead_min < target.minutes:
        levels[AHEAD] = target.minutes - target.ahead_min
    return [
        Deadline(
            case_id=case.id,
            kind=kind,
            level=level,
            due_at=later_by(now, timedelta(minutes=minutes), target.hours),
        )
        for level, minutes in levels.items()
    ]


def _follow(row: Deadline, timer: Timer, target: Target, state: str, now: datetime) -> None:
    if state in timer.met:
        row.met_at = now
    elif state in timer.pauses:
        _pause(row, target, now)
    elif state in timer.runs:
        _resume(row, target, now)
    else:
        row.dropped_at = now


def _pause(row: Deadline, target: Target, now: datetime) -> None:
    if row.left_s is None and row.fired_at is None:
        row.left_s = max(0, int(between(now, row.due_at, target.hours).total_seconds()))


def _resume(row: Deadline, target: Target, now: datetime) -> None:
    if row.left_s is not None:
        row.due_at, row.left_s = later_by(now, timedelta(seconds=row.left_s), target.hours), None


def targets_of(workflow: Workflow, case: Case, rules: Rules) -> dict[str, Target]:
    """What each clock of the case is set to."""
    return {timer.kind: timer.target(rules, case) for timer in workflow.timers}


async def retarget(
    session: AsyncSession,
    case: Case,
    before: Mapping[str, Target],
    after: Mapping[str, Target],
    now: datetime,
) -> None:
    """Sets the clocks that run as if the targets had been these from the start; those that have rung stay."""
    for row in await live_deadlines(session, case.id):
        old, new = before[row.kind], after[row.kind]
        if row.level > 0 or row.fired_at is not None or old == new:
            continue
        saved = timedelta(minutes=_length(old, row.level) - _length(new, row.level))
        if row.left_s is not None:
            row.left_s = max(0, row.left_s - int(saved.total_seconds()))
        else:
            left = max(between(now, row.due_at, old.hours) - saved, timedelta(0))
            row.due_at = later_by(now, left, new.hours)


def _length(target: Target, level: int) -> int:
    return target.minutes - (target.ahead_min if level == AHEAD else 0)


async def soonest(session: AsyncSession, case_id: int) -> Deadline | None:
    """The running deadline that comes first, also when it has passed."""
    found: Deadline | None = await session.scalar(
        select(Deadline)
        .where(Deadline.case_id == case_id, Deadline.level == 0, Deadline.left_s.is_(None))
        .where(Deadline.met_at.is_(None), Deadline.dropped_at.is_(None))
        .order_by(Deadline.due_at, Deadline.id)
        .limit(1)
    )
    return found
