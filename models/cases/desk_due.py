"""Target times of the desk: of complaints (受理, 答复) and of inquiries (回复) [practice, domain §10]."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case, Deadline
from models.cases.complaint_person import persons_of
from models.cases.repair_cards import clock_text
from models.cases.targets import complaint_accept, complaint_answer, inquiry_answer
from models.cases.telling import remind
from models.cases.timer import Target
from models.cases.upwards import next_step_up, those_above
from models.people.staff import Staff, on_shift_first, staff_who_may
from models.rules import Rules


@dataclass(frozen=True, slots=True)
class DeskClock:
    """One clock. runs: states in which it counts; permission: of those reminded first; word: how it is met."""

    label: str
    word: str
    runs: frozenset[str]
    permission: str
    target: Callable[[Rules, Case], Target]


_OPEN = frozenset({"new", "accepted"})
_NEW = frozenset({"new"})
CLOCKS = {
    ("complaint", "accept"): DeskClock("受理", "受理", _NEW, "complaint.handle", complaint_accept),
    ("complaint", "answer"): DeskClock("答复", "答复", _OPEN, "complaint.handle", complaint_answer),
    ("inquiry", "answer"): DeskClock("回复", "回复", _NEW, "desk.answer", inquiry_answer),
}


async def on_due(
    session: AsyncSession, rung: Sequence[tuple[Case, Deadline]], now: datetime, rules: Rules
) -> None:
    """Every clock that has run out, in order."""
    for case, deadline in rung:
        await _ring(session, case, deadline, now, rules)


async def _ring(session: AsyncSession, case: Case, deadline: Deadline, now: datetime, rules: Rules) -> None:
    """Reminds those who handle it, later those above; never the member a complaint is about."""
    clock = CLOCKS[case.workflow, deadline.kind]
    if case.state not in clock.runs:
        deadline.dropped_at = now
        return
    about = await persons_of(session, case.id)
    told = await _concerned(session, case, clock, deadline, now, rules, about)
    await remind(session, case, deadline, told, _text(case, clock, deadline, now), now, rules)
    wait_min, target = rules.complaint.escalate_min, clock.target(rules, case)
    await next_step_up(session, case, deadline, wait_min, target, now, rules, about)


async def _concerned(
    session: AsyncSession,
    case: Case,
    clock: DeskClock,
    deadline: Deadline,
    now: datetime,
    rules: Rules,
    about: set[int],
) -> list[Staff]:
    if deadline.level > 0:
        return await those_above(session, deadline.level, now, rules, about)
    if case.worker_id and case.worker_id not in about:
        return [await session.get_one(Staff, case.worker_id)]
    members = await staff_who_may(session, clock.permission, rules)
    return on_shift_first([member for member in members if member.id not in about], now, rules)


def _text(case: Case, clock: DeskClock, deadline: Deadline, now: datetime) -> str:
    step = f"请发“{clock.word} {case.number}{' 内容' if clock.word != '受理' else ''}”。"
    if deadline.level > 0:
        return f"【超时升级】{case.number} 还没有{clock.label}。请安排处理，{step}"
    if deadline.level < 0:
        return f"【快到时限】{case.number} 快到{clock.label}的时限了。{step}"
    return f"【超时提醒】{case.number} 应在 {clock_text(deadline.due_at, now)} 前{clock.label}。{step}"
