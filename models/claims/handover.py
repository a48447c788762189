"""Who is responsible for a claim, and how it passes on when a shift ends: nothing waits for somebody who went home."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.quiet import next_allowed
from models.cases.case import Case, CaseEvent, Deadline
from models.claims.cards import due_clock, name_of, tap, with_hotline
from models.claims.claim import Claim
from models.claims.clocks import HANDOVER, bells_of
from models.claims.crew import crew_of, next_change, next_holder
from models.claims.duty import DUTY_WORDS, duties_of
from models.claims.evidence import SHOT_LABELS, missing_shots
from models.claims.terms import terms_of
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.people.staff import Staff
from models.rules import Rules


async def give_out(
    session: AsyncSession, case: Case, claim: Claim, now: datetime, rules: Rules
) -> Staff | None:
    """Names who is responsible from now on, and when to ask again. Whoever has it and is on shift keeps it."""
    crew = await crew_of(session, rules)
    current = next((member for member in crew if member.id == case.worker_id), None)
    if current is None or not current.on_shift(now, rules):
        current = next_holder(crew, claim.department, now, rules) or current
    case.worker_id = current.id if current else None
    for bell in await bells_of(session, case.id, HANDOVER):
        bell.dropped_at = now
    if (at := next_change(current, crew, now, rules)) is not None:
        session.add(Deadline(case_id=case.id, kind=HANDOVER, level=-1, due_at=at))
    return current


async def hand_over(
    session: AsyncSession, case: Case, claim: Claim, bell: Deadline, now: datetime, rules: Rules
) -> None:
    """The shift of the one responsible is over: who comes next is told what is open, the former that it is off them.

    Once no clock runs any more the claim stays with whoever had it last: papers do not need a night shift.
    """
    pressing = await _pressing(session, claim)
    if pressing is None:
        return
    former = await session.get(Staff, case.worker_id) if case.worker_id else None
    holder = await give_out(session, case, claim, now, rules)
    if holder is None or (former is not None and holder.id == former.id):
        return
    event = CaseEvent(
        case_id=case.id, at=now, actor="system", actor_name="系统", move="交接", from_state=case.state,
        to_state=case.state, note=f"{former.name if former else '无人'} → {holder.name}", data={}, message_key="",
    )  # fmt: skip
    session.add(event)
    await session.flush()
    morning = next_allowed(now, rules.calendar.quiet_from, rules.calendar.quiet_until)
    at = now if pressing <= morning else morning
    await _tell_both(session, case, claim, former, holder, f"deadline:{bell.id}", now, at)


async def _pressing(session: AsyncSession, claim: Claim) -> datetime | None:
    """When the next open duty is due; None when none is open."""
    duties = await duties_of(session, claim.id)
    return min((duty.due_at for duty in duties if duty.met_at is None and not duty.reason), default=None)


async def _tell_both(
    session: AsyncSession,
    case: Case,
    claim: Claim,
    former: Staff | None,
    holder: Staff,
    key: str,
    now: datetime,
    at: datetime,
) -> None:
    head = f"{former.name if former else '前一班'}已下班，{case.number} 从现在起由您负责。"
    text = f"{head}\n{await open_text(session, case, claim, now)}"
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
        if duty.met_at is None and not duty.reason
    ]
    if missing := await missing_shots(session, claim.id):
        lines.append(f"照片还缺：{'、'.join(SHOT_LABELS[shot] for shot in missing)}")
    if claim.estimate_told_at is None:
        lines.append("估价还没有告诉保险公司")
    return "\n".join(lines) or f"没有未办的时限，发“进度 {case.number}”看全部经过。"
