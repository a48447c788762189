"""What happens when a bell about the insurer rings: the leads are told whom to press, by which article."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.quiet import next_allowed
from models.cases.case import Case, Deadline
from models.claims.claim import Claim
from models.claims.crew import crew_of, leads, overseers
from models.claims.insurer_clocks import SORTS, ClockKind, InsurerClock
from models.clock import local_date
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.rules import Rules

BELLS = frozenset(kind.value for kind in ClockKind)


async def ring_insurer(
    session: AsyncSession, case: Case, claim: Claim, bell: Deadline, now: datetime, rules: Rules
) -> None:
    """Tells the leads, once; those above as well when our own right is running out."""
    clock = await session.scalar(
        select(InsurerClock).where(
            InsurerClock.claim_id == claim.id, InsurerClock.kind == ClockKind(bell.kind)
        )
    )
    if clock is None or not clock.runs or clock.paused_on or await _outrun(session, bell, now):
        bell.dropped_at = now
        return
    crew = await crew_of(session, rules)
    above = overseers(crew, rules) if clock.kind is ClockKind.LIMITATION else []
    members = {member.id: member for member in (*leads(crew, rules), *above)}
    quiet = rules.calendar
    await tell_staff(
        session, members.values(), f"deadline:{bell.id}", Content(text=_text(case, clock, now)),
        now=now, subject=case.subject, guard=f"deadline:{bell.id}",
        due_at=next_allowed(now, quiet.quiet_from, quiet.quiet_until),
    )  # fmt: skip


async def _outrun(session: AsyncSession, bell: Deadline, now: datetime) -> bool:
    """Whether a later bell of the same clock is due as well: after downtime the last word is enough."""
    later: int | None = await session.scalar(
        select(Deadline.id)
        .where(Deadline.case_id == bell.case_id, Deadline.kind == bell.kind, Deadline.dropped_at.is_(None))
        .where(Deadline.due_at > bell.due_at, Deadline.due_at <= now)
        .limit(1)
    )
    return later is not None


def _text(case: Case, clock: InsurerClock, now: datetime) -> str:
    sort, left = SORTS[clock.kind], (clock.due_on - local_date(now)).days
    when = f"还有 {left} 天" if left > 0 else "今天到期（遇节假日顺延）" if left == 0 else f"已超 {-left} 天"
    head = f"【理赔时限】{case.number} {case.category} {case.place}".rstrip()
    return f"{head}\n{sort.label}：{clock.due_on} 前（{sort.law}），{when}。\n{sort.step.format(number=case.number)}"
