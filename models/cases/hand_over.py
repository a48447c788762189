"""交接: what one shift leaves to the next [practice, domain §10; shifts: manual 二]."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.advance import workflow_of
from models.cases.call_back import to_call
from models.cases.case import Case, Deadline
from models.cases.progress import active_of
from models.cases.repair import OPEN
from models.cases.repair_cards import URGENCY_LABELS, clock_text
from models.clock import local
from models.people.staff import Staff, names_by_id
from models.rules import Rules

MOST = 12
_FIRST = {"emergency": 0, "urgent": 1, "normal": 2}


async def hand_over_text(session: AsyncSession, member: Staff, now: datetime, rules: Rules) -> str:
    """What is open at this moment, as far as the member has to do with it; "" when nothing is."""
    if member.may("case.dispatch", rules):
        return _text(await _of_the_desk(session, now), now)
    return _text(await _of_a_worker(session, member, now), now)


async def hand_over_texts(
    session: AsyncSession, members: Sequence[Staff], now: datetime, rules: Rules
) -> list[tuple[Staff, str]]:
    """The same for each of them who has to do with anything. The whole desk gets one text."""
    desk = [member for member in members if member.may("case.dispatch", rules)]
    of_the_desk = await hand_over_text(session, desk[0], now, rules) if desk else ""
    texts = [
        (member, of_the_desk if member in desk else _text(await _of_a_worker(session, member, now), now))
        for member in members
    ]
    return [(member, text) for member, text in texts if text]


def _text(parts: list[str], now: datetime) -> str:
    return "\n".join([f"【交接】{local(now):%m-%d %H:%M}", *parts]) if parts else ""


async def _of_the_desk(session: AsyncSession, now: datetime) -> list[str]:
    repairs = list(
        await session.scalars(
            select(Case)
            .where(Case.workflow == "repair", Case.state.in_((*OPEN, "low_rated")))
            .order_by(Case.id)
        )
    )
    parts = await _repairs(session, repairs, now)
    parts += await _counted(session)
    calls = await to_call(session)
    return [*parts, f"待回访 {len(calls)} 单，发“回访单”查看"] if calls else parts


async def _of_a_worker(session: AsyncSession, member: Staff, now: datetime) -> list[str]:
    mine = await active_of(session, member.id)
    rows = await session.scalars(
        select(Case)
        .where(Case.workflow == "repair", Case.state.in_(("new", "dispatched")))
        .where(Case.worker_id.is_(None) | (Case.worker_id == member.id))
        .order_by(Case.id)
    )
    return await _repairs(session, [*mine, *rows], now)


async def _repairs(session: AsyncSession, cases: Sequence[Case], now: datetime) -> list[str]:
    """Missed ones first, then by urgency, each with its state, who has it and what is due."""
    if not cases:
        return []
    due = await _due(session, cases)
    names = await names_by_id(session)
    ordered = sorted(
        cases, key=lambda case: (not _is_late(due.get(case.id), now), _FIRST[case.urgency], case.id)
    )
    lines = [_line(case, due.get(case.id), names, now) for case in ordered[:MOST]]
    late = sum(_is_late(due.get(case.id), now) for case in cases)
    head = f"未完报修 {len(cases)} 单{f'，其中超时 {late} 单' if late else ''}："
    more = [f"……另有 {len(cases) - MOST} 单，发“待办”查看"] if len(cases) > MOST else []
    return [head, *lines, *more]


def _is_late(deadline: Deadline | None, now: datetime) -> bool:
    return deadline is not None and deadline.due_at <= now


def _line(case: Case, deadline: Deadline | None, names: dict[int, str], now: datetime) -> str:
    workflow = workflow_of(case)
    urgency = "" if case.urgency == "normal" else f"【{URGENCY_LABELS[case.urgency]}】"
    who = f"（{names[case.worker_id]}）" if case.worker_id else ""
    if deadline is None:
        when = "暂停计时"
    elif _is_late(deadline, now):
        when = f"{workflow.timer(deadline.kind).label}已超时"
    else:
        when = f"{clock_text(deadline.due_at, now)} 前{workflow.timer(deadline.kind).label}"
    state = workflow.state(case.state).label
    return f"{urgency}{case.number} {case.category} {case.place}｜{state}{who}｜{when}"


async def _due(session: AsyncSession, cases: Sequence[Case]) -> dict[int, Deadline]:
    rows = await session.scalars(
        select(Deadline)
        .where(
            Deadline.case_id.in_([case.id for case in cases]), Deadline.level == 0, Deadline.left_s.is_(None)
        )
        .where(Deadline.met_at.is_(None), Deadline.dropped_at.is_(None))
        .order_by(Deadline.due_at.desc(), Deadline.id.desc())
    )
    return {row.case_id: row for row in rows}


async def _counted(session: AsyncSession) -> list[str]:
    """Complaints and questions, one line each."""
    rows = await session.execute(
        select(Case.workflow, Case.state, func.count())
        .where(Case.workflow.in_(("complaint", "inquiry")), Case.closed_at.is_(None))
        .group_by(Case.workflow, Case.state)
    )
    found = {(workflow, state): count for workflow, state, count in rows}
    lines = (
        ("待受理投诉", found.get(("complaint", "new"), 0), "件"),
        ("处理中投诉", found.get(("complaint", "accepted"), 0), "件"),
        ("待回复咨询", found.get(("inquiry", "new"), 0), "条"),
    )
    return [f"{label} {count} {unit}" for label, count, unit in lines if count]


def changing(members: Sequence[Staff], at: datetime, rules: Rules) -> list[Staff]:
    """Those whose shift ends or begins at that moment, and those who are there before and after it."""
    before, after = at - timedelta(minutes=1), at + timedelta(minutes=1)
    return [member for member in members if member.on_shift(before, rules) or member.on_shift(after, rules)]
