"""What happens when a target time passes: first those who have to act, later their superiors [practice]."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.advance import workflow_of
from models.cases.case import Case, Deadline
from models.cases.repair import LOW_RATING
from models.cases.repair_cards import clock_text
from models.cases.telling import remind
from models.cases.timing import AHEAD, soonest
from models.cases.upwards import next_step_up, those_above
from models.claims.gates import lock_of
from models.people.staff import Staff, on_shift_first, staff_who_may
from models.rules import Rules

_OPEN = (
    Deadline.fired_at.is_(None),
    Deadline.met_at.is_(None),
    Deadline.dropped_at.is_(None),
    Deadline.left_s.is_(None),
)


def running_out(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Deadlines that have passed and not been fired."""
    return and_(*_OPEN, Deadline.due_at <= now)


async def due_deadlines(session: AsyncSession, now: datetime, limit: int) -> list[Deadline]:
    """Deadlines that have passed and not been fired, earliest first, locked."""
    rows = await session.scalars(
        select(Deadline)
        .where(running_out(now))
        .order_by(Deadline.due_at, Deadline.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(rows)


def next_running_out(now: datetime | BindParameter[datetime]) -> ScalarSelect[Any]:
    """When the next deadline fires, after `now`."""
    return select(func.min(Deadline.due_at)).where(*_OPEN, Deadline.due_at > now).scalar_subquery()


async def fire(session: AsyncSession, deadlines: Sequence[Deadline], now: datetime, rules: Rules) -> int:
    """Tells those concerned, once, and sets the next level; how many. A case somebody is at work on is left for later.

    People lock the case first and its deadlines after; here it is the other way round, so nobody waits for a case.
    """
    cases = await _free_cases(session, {deadline.case_id for deadline in deadlines})
    passed = {(deadline.case_id, deadline.kind) for deadline in deadlines if deadline.level == 0}
    by_workflow: dict[str, list[tuple[Case, Deadline]]] = {}
    for deadline in deadlines:
        if (case := cases.get(deadline.case_id)) is None:
            continue
        if deadline.level == AHEAD and (deadline.case_id, deadline.kind) in passed:
            deadline.dropped_at = now  # the service was down: the target itself has passed meanwhile
        else:
            deadline.fired_at = now
            by_workflow.setdefault(case.workflow, []).append((case, deadline))
    for rung in by_workflow.values():
        on_due = workflow_of(rung[0][0]).on_due or fire_timers
        await on_due(session, rung, now, rules)
    return sum(map(len, by_workflow.values()))


async def _free_cases(session: AsyncSession, ids: Collection[int]) -> dict[int, Case]:
    rows = await session.scalars(
        select(Case).where(Case.id.in_(ids)).order_by(Case.id).with_for_update(skip_locked=True)
    )
    return {case.id: case for case in rows}


async def fire_timers(
    session: AsyncSession, rung: Sequence[tuple[Case, Deadline]], now: datetime, rules: Rules
) -> None:
    """What the timers of a workflow do when they run out."""
    for case, deadline in rung:
        await _fire_timer(session, case, deadline, now, rules)


async def _fire_timer(
    session: AsyncSession, case: Case, deadline: Deadline, now: datetime, rules: Rules
) -> None:
    timer = workflow_of(case).timer(deadline.kind)
    if case.state not in timer.runs:
        deadline.dropped_at = now  # the case moved on while this row was being written
        return
    if deadline.level == AHEAD and deadline.kind != "accept" and case.worker_id is None:
        deadline.dropped_at = now  # nobody has taken it on: that is what people are told of
        return
    told = await _concerned(session, case, deadline, now, rules)
    await remind(session, case, deadline, told, await _text(session, case, deadline, now), now, rules)
    wait_min = rules.repair.escalate_min[case.urgency]
    await next_step_up(session, case, deadline, wait_min, timer.target(rules, case), now, rules)


async def _concerned(
    session: AsyncSession, case: Case, deadline: Deadline, now: datetime, rules: Rules
) -> list[Staff]:
    """Ahead of time whoever has the work; when it is missed the desk too; after that those above."""
    if deadline.level > 0:
        return await those_above(session, deadline.level, now, rules)
    worker = await session.get(Staff, case.worker_id) if case.worker_id else None
    if worker and deadline.level < 0:
        return [worker]
    permission = "case.close" if deadline.kind == LOW_RATING else "case.dispatch"
    told = on_shift_first(await staff_who_may(session, permission, rules), now, rules)
    return [worker, *told] if worker and worker not in told else told


async def _text(session: AsyncSession, case: Case, deadline: Deadline, now: datetime) -> str:
    workflow = workflow_of(case)
    label, state = workflow.timer(deadline.kind).label, workflow.state(case.state).label
    worker = await session.get(Staff, case.worker_id) if case.worker_id else None
    who = f"（{worker.name}）" if worker else ""
    if deadline.level < 0:
        first = await soonest(session, case.id)
        due = f"{clock_text(first.due_at, now)} 前{label}" if first else label
        return f"【快到时限】{case.number} {case.category}：请在 {due}，现在是“{state}”{who}。"
    head = "【超时提醒】" if deadline.level == 0 else "【超时升级】"
    due = (
        f"应在 {clock_text(deadline.due_at, now)} 前{label}" if deadline.level == 0 else f"{label}已严重超时"
    )
    told = f"{head}{case.number} {case.category}：{due}，现在是“{state}”{who}。"
    if lock := await lock_of(session, case):
        return f"{told}{lock}，保险公司同意前不能修。请催理赔进展；只做止损。"
    return f"{told}{_step(case, deadline)}"


def _step(case: Case, deadline: Deadline) -> str:
    """What to do about it."""
    if deadline.kind == LOW_RATING:
        return f"请打电话回访，发“重开 {case.number} 情况”或“办结 {case.number} 情况”。"
    word = "改派" if case.worker_id else "派单"
    return f"请尽快处理，需要时发“{word} {case.number} 姓名”。"


async def deadline_stands(session: AsyncSession, deadline_id: str) -> str:
    """Guard: a reminder is withheld when what it reminds of was done meanwhile."""
    row = await session.get(Deadline, int(deadline_id), populate_existing=True)
    if row is None or row.met_at or row.dropped_at:
        return "该步骤已完成或不再需要"
    return ""


async def state_stands(session: AsyncSession, argument: str) -> str:
    """Guard: a card "<case id>/<state>" is withheld when the case has moved on."""
    case_id, _, state = argument.partition("/")
    case = await session.get(Case, int(case_id), populate_existing=True)
    return "" if case is not None and case.state == state else "该单已进入下一步"
