"""What happens when a bell of a claim rings: reminders, a duty missed, the hand-over at the end of a shift."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.quiet import next_allowed
from models.cases.case import Case, Deadline
from models.claims import cards
from models.claims.claim import Claim, claim_of
from models.claims.clocks import AT_ONCE, HANDOVER
from models.claims.crew import alarmed, crew_of, leads, overseers, reminded
from models.claims.duty import ClaimDuty, DutyKind
from models.claims.handover import hand_over
from models.claims.insurer_bells import BELLS, ring_insurer
from models.claims.terms import terms_of
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.people.staff import Staff
from models.rules import Rules

_WAITS = (DutyKind.REPORT, DutyKind.LOSS_NOTICE)
"""Paper: nobody is woken for it while it can still be done in time, or when it is too late anyway."""


async def ring(session: AsyncSession, case: Case, bell: Deadline, now: datetime, rules: Rules) -> None:
    """Tells those concerned, once."""
    claim = await claim_of(session, case.id)
    if case.closed_at is not None:
        bell.dropped_at = now
    elif bell.kind == HANDOVER:
        bell.met_at = now
        await hand_over(session, case, claim, now, rules)
    elif bell.kind in BELLS:
        await ring_insurer(session, case, claim, bell, now, rules)
    elif (duty := await _duty(session, claim, bell)) is not None and duty.met_at is None:
        await _ring_for(session, case, claim, duty, bell, now, rules)
    else:
        bell.dropped_at = now


async def _duty(session: AsyncSession, claim: Claim, bell: Deadline) -> ClaimDuty | None:
    found: ClaimDuty | None = await session.scalar(
        select(ClaimDuty)
        .where(ClaimDuty.claim_id == claim.id, ClaimDuty.kind == DutyKind(bell.kind))
        .with_for_update()
    )
    return found


async def _ring_for(
    session: AsyncSession,
    case: Case,
    claim: Claim,
    duty: ClaimDuty,
    bell: Deadline,
    now: datetime,
    rules: Rules,
) -> None:
    if bell.level < 0 and await _outrun(session, bell, duty, now):
        bell.dropped_at = now  # after downtime the last word is enough
        return
    crew = await crew_of(session, rules)
    near = alarmed if duty.kind is DutyKind.ARRIVE else reminded
    desk = near(crew, duty.department, now, rules)
    if bell.level == AT_ONCE:
        await _say(session, case, bell, desk, cards.at_once(case, await terms_of(session, claim)), now, now)
        return
    due_at = _when(duty, bell, now, rules)
    if bell.level < 0:
        holder = [member for member in crew if member.id == case.worker_id and member.on_shift(now, rules)]
        await _say(session, case, bell, [*desk, *holder], cards.reminder(case, duty, now), now, due_at)
    elif bell.level == 0:
        duty.missed_at = duty.due_at
        told = [*desk, *leads(crew, rules)]
        await _say(session, case, bell, told, cards.missed(case, duty, now, rules), now, due_at)
        later = now + timedelta(minutes=rules.claims.escalate_min.get(duty.kind, 60))
        session.add(Deadline(case_id=case.id, kind=duty.kind, level=1, due_at=later))
    else:
        holder_now = next((member for member in crew if member.id == case.worker_id), None)
        told = [*leads(crew, rules), *overseers(crew, rules)]
        await _say(session, case, bell, told, cards.escalated(case, duty, holder_now, now), now, due_at)


async def _outrun(session: AsyncSession, bell: Deadline, duty: ClaimDuty, now: datetime) -> bool:
    """Whether a later bell of the same duty has become due as well."""
    if duty.due_at <= now:
        return True
    later: int | None = await session.scalar(
        select(Deadline.id)
        .where(Deadline.case_id == bell.case_id, Deadline.kind == bell.kind, Deadline.dropped_at.is_(None))
        .where(Deadline.due_at > bell.due_at, Deadline.due_at <= now)
        .limit(1)
    )
    return later is not None


def _when(duty: ClaimDuty, bell: Deadline, now: datetime, rules: Rules) -> datetime:
    """Scene, police and insurer ring at any hour; papers wait for the morning when the morning is early enough."""
    if duty.kind not in _WAITS:
        return now
    morning = next_allowed(now, rules.calendar.quiet_from, rules.calendar.quiet_until)
    return now if bell.level < 0 and morning >= duty.due_at else morning


async def _say(
    session: AsyncSession,
    case: Case,
    bell: Deadline,
    members: Iterable[Staff],
    content: Content,
    now: datetime,
    at: datetime,
) -> None:
    content = cards.with_hotline(content, await terms_of(session, await claim_of(session, case.id)))
    await tell_staff(
        session, {member.id: member for member in members}.values(), f"deadline:{bell.id}", content,
        now=now, subject=case.subject, guard=f"deadline:{bell.id}", due_at=at,
    )  # fmt: skip
