"""How a case stands, in words, and what waits for a member of staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.advance import workflow_of
from models.cases.case import Case, CaseEvent, Deadline
from models.cases.companions import once_merged_into, worked_on
from models.cases.complaint_person import persons_named
from models.cases.joined import joined_timeline, merged_lines
from models.cases.repair import AT_WORK, OPEN
from models.cases.repair_cards import clock_text, due_text
from models.cases.team import team_names, team_of
from models.fees.money import yuan
from models.people.staff import Staff
from models.people.unit import Unit
from models.rules import Rules

_TOLD = (
    "完工",
    "待料",
    "报价",
    "撤单",
    "取消",
    "关闭",
    "补充",
    "答复",
    "不满意",
    "办结",
    "回复",
    "留言",
    "追问",
    "随单完工",
    "随单撤销",
)
"""Moves whose note the tenant reads; the others' notes are between members of staff."""
MOST = 10


_OPEN = (
    select(Case)
    .where(Case.tenant_id == bindparam("of"), Case.closed_at.is_(None))
    .order_by(Case.id.desc())
)  # fmt: skip


async def open_cases(session: AsyncSession, tenant_id: int) -> list[Case]:
    """The tenant's cases that are not closed, newest first."""
    return list(await session.scalars(_OPEN, {"of": tenant_id}))


async def active_of(session: AsyncSession, worker_id: int) -> list[Case]:
    """What the member is at work on, oldest first, locked."""
    rows = await session.scalars(
        _ACTIVE, {"worker": worker_id, "helped": await _helped_by(session, worker_id)}
    )
    return list(rows)


async def _helped_by(session: AsyncSession, member_id: int) -> list[int]:
    """Ids of the open repairs the member helps with; the list lies in the row, where no query reaches."""
    rows = await session.execute(_HELPERS)
    return [case_id for case_id, helpers in rows if member_id in helpers]


_ACTIVE = (
    select(Case)
    .where(Case.workflow == "repair", Case.state.in_(AT_WORK))
    .where((Case.worker_id == bindparam("worker")) | Case.id.in_(bindparam("helped", expanding=True)))
    .order_by(Case.id)
    .with_for_update()
)
_HELPERS = select(Case.id, Case.helpers).where(
    Case.workflow == "repair", Case.state.in_(("dispatched", *AT_WORK))
)


async def progress_text(
    session: AsyncSession, case: Case, now: datetime, *, for_staff: bool, prices: bool = True
) -> str:
    """Number, state and everything that happened, oldest first; `prices` are not for everybody."""
    in_hand = await worked_on(session, case)
    team = await team_of(session, in_hand)
    state = workflow_of(case).state(case.state).label
    if in_hand.id != case.id:
        state += f"·{workflow_of(case).state(in_hand.state).label}"
    where = f" {case.place}" if case.place else ""
    head = f"{case.number} {case.category}{where}｜{state}{f'（{team_names(team)}）' if team else ''}"
    events = await joined_timeline(session, case, for_staff=for_staff)
    what = [f"描述：{case.description}", *(await merged_lines(session, case) if for_staff else ())]
    numbers = {case.id: "", case.merged_into_id or 0: ""}
    numbers |= {other.id: other.number for other in await once_merged_into(session, case.id)}
    lines = [
        _line(event, now, numbers[event.case_id], for_staff=for_staff, prices=prices)
        for event in events[-20:]
    ]
    return "\n".join([head, *what, *lines])


def _line(event: CaseEvent, now: datetime, number: str, *, for_staff: bool, prices: bool) -> str:
    step = step_words(event, for_staff=for_staff, prices=prices)
    return " ".join(filter(None, (clock_text(event.at, now), number, event.actor_name, step)))


def step_words(event: CaseEvent, *, for_staff: bool, prices: bool = True) -> str:
    """What was done, to whom it went, for how much, and the note where the reader may see it."""
    parts = [event.move]
    if worker := event.data.get("worker_name"):
        parts.append(f"→ {worker}")
    if prices and "amount_fen" in event.data:
        parts.append(f"{yuan(event.data['amount_fen'])} 元")
    if "rating" in event.data:
        parts.append(f"{event.data['rating']} 分")
    if event.note and (for_staff or event.move in _TOLD):
        parts.append(event.note)
    return " ".join(parts)


async def summary_line(session: AsyncSession, case: Case) -> str:
    """One line of a tenant's list."""
    label = workflow_of(case).state(case.state).label
    where = f" {case.place}" if case.place else ""
    return f"{case.number} {case.category}{where}｜{label}｜{case.description[:20]}"


async def todo_text(session: AsyncSession, member: Staff, now: datetime, rules: Rules) -> str:
    """What waits for the member: their own first, overdue before due, then what is to be given out; "" for nothing."""
    own = (Case.worker_id == member.id) | Case.id.in_(await _helped_by(session, member.id))
    mine = await _waiting(session, Case.closed_at.is_(None) & own, ("repair", "complaint"))
    mine = [case for case in mine if case.state in (*OPEN, "accepted")]
    parts = await _part(session, "我的任务", mine, now)
    if member.may("complaint.handle", rules):
        about = await persons_named(session, member.id)
        fresh = await _waiting(session, (Case.state == "new") & Case.id.not_in(about), ("complaint",))
        parts += await _part(session, "待受理投诉", fresh, now)
    if member.may("desk.answer", rules):
        parts += await _part(
            session, "待回复咨询", await _waiting(session, Case.state == "new", ("inquiry",)), now
        )
    if member.may("case.close", rules):
        low = await _waiting(session, Case.state == "low_rated")
        parts += await _part(session, "低分待回访", low, now)
    if member.may("case.dispatch", rules):
        parts += await _part(session, "待派单", await _waiting(session, Case.state == "new"), now)
        parts += await _part(session, "待租户签认", await _waiting(session, Case.state == "done"), now)
    elif member.may("case.work", rules):
        parts += await _part(session, "可领单", await _waiting(session, Case.state == "new"), now)
    return "\n".join(parts)


async def _waiting(
    session: AsyncSession, condition: ColumnElement[bool], workflows: Sequence[str] = ("repair",)
) -> list[Case]:
    query = select(Case).where(condition, Case.workflow.in_(workflows)).order_by(Case.id)
    return list(await session.scalars(query))


async def _part(session: AsyncSession, title: str, cases: Sequence[Case], now: datetime) -> list[str]:
    if not cases:
        return []
    due = await _deadlines(session, [case.id for case in cases])
    far = datetime.max.replace(tzinfo=now.tzinfo)
    ordered = sorted(cases, key=lambda case: (due[case.id].due_at if case.id in due else far, case.id))
    units = await _codes(session, cases)
    lines = [_todo_line(case, due.get(case.id), units, now) for case in ordered[:MOST]]
    more = [f"……另有 {len(cases) - MOST} 单"] if len(cases) > MOST else []
    return [f"【{title}】{len(cases)} 单", *lines, *more]


def _todo_line(case: Case, deadline: Deadline | None, units: dict[int, str], now: datetime) -> str:
    workflow = workflow_of(case)
    late = "【超时】" if deadline and deadline.due_at <= now else ""
    where = units.get(case.unit_id or 0, case.place) or ("未说明" if case.workflow == "repair" else "")
    due = f"｜{due_text(workflow, deadline, now)}" if deadline or case.state in OPEN else ""
    label = workflow.state(case.state).label
    return f"{late}{case.number} {case.category}{f' {where}' if where else ''}｜{label}{due}｜{case.description[:16]}"


async def _deadlines(session: AsyncSession, case_ids: Sequence[int]) -> dict[int, Deadline]:
    """The running deadline of each case that comes first."""
    rows = await session.scalars(
        select(Deadline)
        .where(Deadline.case_id.in_(case_ids), Deadline.level == 0, Deadline.left_s.is_(None))
        .where(Deadline.met_at.is_(None), Deadline.dropped_at.is_(None))
        .order_by(Deadline.due_at.desc(), Deadline.id.desc())
    )
    return {row.case_id: row for row in rows}


async def _codes(session: AsyncSession, cases: Sequence[Case]) -> dict[int, str]:
    ids = {case.unit_id for case in cases if case.unit_id}
    return {unit.id: unit.code for unit in await session.scalars(select(Unit).where(Unit.id.in_(ids)))}
