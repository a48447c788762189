"""Who is responsible for a claim, and how it passes on when a shift ends: nothing waits for somebody who went home."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.quiet import next_allowed
from models.cases.case import Case, CaseEvent, Deadline
from models.claims.cards import due_clock, name_of, tap, with_hotline
from models.claims.claim import Claim
from models.claims.clocks import HANDOVER, bells_of
from models.claims.crew import crew_of, in_charge, may_keep, next_change, next_holder
from models.claims.duty import DUTY_WORDS, PAPERS, ClaimDuty, duties_of
from models.claims.evidence import SHOT_LABELS, missing_shots
from models.claims.terms import terms_of
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.people.staff import Staff
from models.rules import Rules


async def give_out(
    session: AsyncSession, case: Case, claim: Claim, now: datetime, rules: Rules
) -> Staff | None:
    """Names who is responsible from now on, and when to ask again. Whoever has it and is on shift keeps it.

    Who only stands in, because nobody of the departments in charge was on shift, keeps it until they come.
    """
    crew = await crew_of(session, rules)
    current = next((member for member in crew if member.id == case.worker_id), None)
    if current is None or not may_keep(current, crew, claim.department, now, rules):
        current = next_holder(crew, claim.department, now, rules) or current
    case.worker_id = current.id if current else None
    for bell in await bells_of(session, case.id, HANDOVER):
        bell.dropped_at = now
    if (at := next_change(current, crew, claim.department, now, rules)) is not None:
        session.add(Deadline(case_id=case.id, kind=HANDOVER, level=-1, due_at=at))
    return current


async def hand_over(
    session: AsyncSession, case: Case, claim: Claim, bell: Deadline, now: datetime, rules: Rules
) -> None:
    """The shift of the one responsible is over: who comes next is told what is open, the former that it is off them.

    Once no clock runs any more the claim stays with whoever had it last of the departments in charge. While clocks run
    it goes on by day; by night only for what can not wait: papers do not need a night shift.
    """
    former = await session.get(Staff, case.worker_id) if case.worker_id else None
    in_place = former is None or former.department in in_charge(claim.department, rules)
    open_ = [duty for duty in await duties_of(session, claim.id) if duty.met_at is None and not duty.reason]
    if in_place and not open_:
        return
    morning = next_allowed(now, rules.calendar.quiet_from, rules.calendar.quiet_until)
    if in_place and not any(_presses(duty, now, morning) for duty in open_):
        await _look_again(session, case, claim, former, now, rules)
        return
    holder = await give_out(session, case, claim, now, rules)
    if holder is None or (former is not None and holder.id == former.id):
        return
    session.add(_event(case, former, holder, now))
    await session.flush()
    at = now if any(_presses(duty, now, morning) for duty in open_) else morning
    head = _why(former, now, rules)
    await _tell_both(session, case, claim, former, holder, head, f"deadline:{bell.id}", now, at)


def _presses(duty: ClaimDuty, now: datetime, morning: datetime) -> bool:
    """Whether somebody has to be there for it now; `morning` is now by day. A paper that is late is no less late then."""
    by_day = morning <= now
    return by_day or duty.kind not in PAPERS or now < duty.due_at <= morning


async def _look_again(
    session: AsyncSession, case: Case, claim: Claim, former: Staff | None, now: datetime, rules: Rules
) -> None:
    """It stays as it is until the next change of shifts."""
    crew = await crew_of(session, rules)
    if (at := next_change(former, crew, claim.department, now, rules)) is not None:
        session.add(Deadline(case_id=case.id, kind=HANDOVER, level=-1, due_at=at))


def _event(case: Case, former: Staff | None, holder: Staff, now: datetime) -> CaseEvent:
    return CaseEvent(
        case_id=case.id, at=now, actor="system", actor_name="系统", move="交接", from_state=case.state,
        to_state=case.state, note=f"{former.name if former else '无人'} → {holder.name}", data={}, message_key="",
    )  # fmt: skip


def _why(former: Staff | None, now: datetime, rules: Rules) -> str:
    if former is not None and former.on_shift(now, rules):
        return f"主责部门已上班（之前由{former.name}代管）"
    return f"{former.name if former else '前一班'}已下班"


async def _tell_both(
    session: AsyncSession,
    case: Case,
    claim: Claim,
    former: Staff | None,
    holder: Staff,
    head: str,
    key: str,
    now: datetime,
    at: datetime,
) -> None:
    text = f"{head}，{case.number} 从现在起由您负责。\n{await open_text(session, case, claim, now)}"
    card = Content(
        title=f"【交接班】{name_of(case)}", text=text, buttons=(tap(case, "接手"), tap(case, "进度"))
    )
    card = with_hotline(card, await terms_of(session, claim))
    await tell_staff(session, [holder], key, card, now=now, subject=case.subject, due_at=at)
    if former is not None:
        line = Content(text=f"{case.number} 已交接给{holder.name}，您不用再跟进。")
        await tell_staff(session, [former], f"{key}:former", line, now=now, subject=case.subject)


async def open_text(session: AsyncSession, case: Case, claim: Claim, now: datetime) -> str:
    """What is still to be done, one line each."""
    lines = [
        f"{'【超时】' if duty.due_at <= now else ''}{DUTY_WORDS[duty.kind]}：{due_clock(duty, now)} 前"
        for duty in await duties_of(session, claim.id)
        if duty.is_open
    ]
    if missing := await missing_shots(session, claim.id):
        lines.append(f"照片还缺：{'、'.join(SHOT_LABELS[shot] for shot in missing)}")
    if claim.estimate_told_at is None:
        lines.append("估价还没有告诉保险公司")
    return "\n".join(lines) or f"没有未办的时限，发“进度 {case.number}”看全部经过。"
