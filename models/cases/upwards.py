"""The line a missed target climbs: 专员 → 主管 → 经理 → 项目经理, those on shift first [practice, domain §2]."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.duty import later_by
from models.cases.case import Case, Deadline
from models.cases.timer import Target
from models.people.staff import Staff, on_shift_first
from models.rules import Rules


async def steps_up(session: AsyncSession, rules: Rules, without: Collection[int] = ()) -> list[list[Staff]]:
    """Whom each step reaches; steps that nobody stands on are left out."""
    members = list(await session.scalars(select(Staff).where(Staff.active).order_by(Staff.id)))
    free = [member for member in members if member.id not in without]
    steps = [[member for member in free if set(member.roles) & set(roles)] for roles in rules.desk.upwards]
    return [step for step in steps if step]


async def those_above(
    session: AsyncSession, level: int, now: datetime, rules: Rules, without: Collection[int] = ()
) -> list[Staff]:
    """Who hears of it at that level, from 1 on; the last step when there are not so many."""
    steps = await steps_up(session, rules, without)
    return on_shift_first(steps[min(level, len(steps)) - 1], now, rules) if steps else []


async def next_step_up(
    session: AsyncSession,
    case: Case,
    deadline: Deadline,
    after_min: int,
    target: Target,
    now: datetime,
    rules: Rules,
    without: Collection[int] = (),
) -> None:
    """Sets the clock of the next level, while there is one."""
    if 0 <= deadline.level < len(await steps_up(session, rules, without)):
        due_at = later_by(now, timedelta(minutes=after_min), target.hours)
        session.add(Deadline(case_id=case.id, kind=deadline.kind, level=deadline.level + 1, due_at=due_at))
