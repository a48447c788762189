"""Target times of cases: started, paused, met and dropped as the case moves."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case, Deadline
from models.cases.workflow import Timer, Workflow
from models.rules import Rules


async def live_deadlines(session: AsyncSession, case_id: int) -> list[Deadline]:
    """Deadlines of the case that are neither met nor dropped, earliest first, locked for change."""
    rows = await session.scalars(
        select(Deadline)
        .where(Deadline.case_id == case_id, Deadline.met_at.is_(None), Deadline.dropped_at.is_(None))
        .order_by(Deadline.due_at, Deadline.id)
        .with_for_update()
    )
    return list(rows)


async def keep_time(
    session: AsyncSession, workflow: Workflow, case: Case, now: datetime, rules: Rules
) -> None:
    """Brings the deadlines in line with the state the case has just entered."""
    live = await live_deadlines(session, case.id)
    for timer in workflow.timers:
        rows = [row for row in live if row.kind == timer.kind]
        for row in rows:
            _follow(row, timer, case.state, now)
        if not rows and case.state in timer.starts:
            minutes = timer.minutes(rules)[case.urgency]
            session.add(Deadline(case_id=case.id, kind=timer.kind, due_at=now + timedelta(minutes=minutes)))
    await session.flush()


def _follow(row: Deadline, timer: Timer, state: str, now: datetime) -> None:
    if state in timer.met:
        row.met_at = now
    elif state in timer.pauses:
        _pause(row, now)
    elif state in timer.runs:
        _resume(row, now)
    else:
        row.dropped_at = now


def _pause(row: Deadline, now: datetime) -> None:
    if row.left_s is None and row.fired_at is None:
        row.left_s = max(0, int((row.due_at - now).total_seconds()))


def _resume(row: Deadline, now: datetime) -> None:
    if row.left_s is not None:
        row.due_at, row.left_s = now + timedelta(seconds=row.left_s), None


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
