"""Target times of the desk: of complaints (受理, 答复) and of inquiries (回复) [practice, domain §10]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.quiet import next_allowed
from models.cases.case import Case, Deadline
from models.cases.complaint_person import persons_of
from models.cases.repair_cards import clock_text
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.people.staff import Staff, on_shift_first, staff_who_may
from models.rules import Rules


@dataclass(frozen=True, slots=True)
class DeskClock:
    """One clock. runs: states in which it counts; permission: of those reminded first; word: how it is met."""

    label: str
    word: str
    runs: frozenset[str]
    permission: str


CLOCKS = {
    ("complaint", "accept"): DeskClock("受理", "受理", frozenset({"new"}), "complaint.handle"),
    ("complaint", "answer"): DeskClock("答复", "答复", frozenset({"new", "accepted"}), "complaint.handle"),
    ("inquiry", "answer"): DeskClock("回复", "回复", frozenset({"new"}), "desk.answer"),
}
LEAD = "case.close"


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
    quiet = rules.calendar
    text = _text(case, clock, deadline, now)
    await tell_staff(
        session,
        await _concerned(session, case, clock, deadline, now, rules),
        f"deadline:{deadline.id}",
        Content(text=text),
        now=now,
        subject=case.subject,
        guard=f"deadline:{deadline.id}",
        due_at=next_allowed(now, quiet.quiet_from, quiet.quiet_until),
    )
    if deadline.level == 0:
        later = now + timedelta(minutes=rules.complaint.escalate_min)
        session.add(Deadline(case_id=case.id, kind=deadline.kind, level=1, due_at=later))


async def _concerned(
    session: AsyncSession, case: Case, clock: DeskClock, deadline: Deadline, now: datetime, rules: Rules
) -> list[Staff]:
    about = await persons_of(session, case.id)
    if deadline.level == 0 and case.worker_id and case.worker_id not in about:
        return [await session.get_one(Staff, case.worker_id)]
    permission = clock.permission if deadline.level == 0 else LEAD
    members = await staff_who_may(session, permission, rules)
    return on_shift_first([member for member in members if member.id not in about], now, rules)


def _text(case: Case, clock: DeskClock, deadline: Deadline, now: datetime) -> str:
    step = f"请发“{clock.word} {case.number}{' 内容' if clock.word != '受理' else ''}”。"
    if deadline.level:
        return f"【超时升级】{case.number} 还没有{clock.label}。请安排处理，{step}"
    return f"【超时提醒】{case.number} 应在 {clock_text(deadline.due_at, now)} 前{clock.label}。{step}"
