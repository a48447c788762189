"""What happens when bells of claims ring: reminders, a duty missed, the hand-over at the end of a shift.

A storm rings many at once, so what the bells of one unit of work share is read once (Round).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.quiet import next_allowed
from models.cases.case import Case, Deadline
from models.claims import cards
from models.claims.claim import Claim
from models.claims.clocks import AT_ONCE, HANDOVER
from models.claims.crew import alarmed, crew_of, leads, overseers, reminded
from models.claims.duty import PAPERS, ClaimDuty, DutyKind
from models.claims.handover import hand_over
from models.claims.insurer_bells import BELLS, ring_insurer
from models.claims.terms import Terms, terms_among
from models.database import insert_new
from models.messages.content import Content
from models.messages.outbox import OutboxMessage
from models.messages.tell import staff_rows
from models.people.staff import Staff
from models.policies.policy import Policy, all_policies
from models.rules import Rules


@dataclass(frozen=True, slots=True)
class Round:
    """What the bells of one unit of work need to know. due: every bell of these cases whose time has come.

    said: messages that leave together at the end.
    """

    crew: Sequence[Staff]
    policies: Sequence[Policy]
    claims: dict[int, Claim]
    duties: dict[tuple[int, str], ClaimDuty]
    due: Sequence[Deadline]
    now: datetime
    rules: Rules
    said: list[dict[str, Any]] = field(default_factory=list)

    def outrun(self, bell: Deadline, duty: ClaimDuty) -> bool:
        """Whether a later bell of the same duty has become due as well: after downtime the last word is enough."""
        return duty.due_at <= self.now or any(
            each.case_id == bell.case_id and each.kind == bell.kind and each.due_at > bell.due_at
            for each in self.due
        )

    def terms(self, claim: Claim) -> Terms:
        """The policies of a claim."""
        return terms_among(self.policies, claim)


async def ring(
    session: AsyncSession, rung: Sequence[tuple[Case, Deadline]], now: datetime, rules: Rules
) -> None:
    """Tells those concerned, each bell once."""
    round_ = await _read(session, sorted({case.id for case, _ in rung}), now, rules)
    for case, bell in rung:
        await _ring_one(session, case, bell, round_)
    await insert_new(session, OutboxMessage, round_.said)


async def _read(session: AsyncSession, case_ids: Sequence[int], now: datetime, rules: Rules) -> Round:
    claims = list(await session.scalars(select(Claim).where(Claim.case_id.in_(case_ids))))
    duties = await session.scalars(
        select(ClaimDuty).where(ClaimDuty.claim_id.in_([claim.id for claim in claims]))
    )
    due = await session.scalars(
        select(Deadline).where(
            Deadline.case_id.in_(case_ids), Deadline.dropped_at.is_(None), Deadline.due_at <= now
        )
    )
    return Round(
        crew=await crew_of(session, rules),
        policies=await all_policies(session),
        claims={claim.case_id: claim for claim in claims},
        duties={(duty.claim_id, str(duty.kind)): duty for duty in duties},
        due=list(due),
        now=now,
        rules=rules,
    )


async def _ring_one(session: AsyncSession, case: Case, bell: Deadline, round_: Round) -> None:
    claim, now, rules = round_.claims[case.id], round_.now, round_.rules
    duty = round_.duties.get((claim.id, bell.kind))
    if case.closed_at is not None:
        bell.dropped_at = now
    elif bell.kind == HANDOVER:
        bell.met_at = now
        await hand_over(session, case, claim, bell, now, rules)
    elif bell.kind in BELLS:
        await ring_insurer(session, case, claim, bell, now, rules)
    elif duty is None or duty.met_at is not None or (bell.level < 0 and round_.outrun(bell, duty)):
        bell.dropped_at = now
    else:
        _ring_for(session, case, claim, duty, bell, round_)


def _ring_for(
    session: AsyncSession, case: Case, claim: Claim, duty: ClaimDuty, bell: Deadline, round_: Round
) -> None:
    now, rules, crew = round_.now, round_.rules, round_.crew
    near = alarmed if duty.kind is DutyKind.ARRIVE else reminded
    desk = near(crew, duty.department, now, rules)
    holder = next((member for member in crew if member.id == case.worker_id), None)
    terms = round_.terms(claim)
    if bell.level == AT_ONCE:
        told, content = desk, cards.at_once(case, terms)
    elif bell.level < 0:
        awake = [holder] if holder and holder.on_shift(now, rules) else []
        told, content = [*desk, *awake], cards.reminder(case, duty, now)
    elif bell.level == 0:
        duty.missed_at = duty.due_at
        told, content = [*desk, *leads(crew, rules)], cards.missed(case, duty, now, rules)
        later = now + timedelta(minutes=rules.claims.escalate_min.get(duty.kind, 60))
        session.add(Deadline(case_id=case.id, kind=duty.kind, level=1, due_at=later))
    else:
        told = [*leads(crew, rules), *overseers(crew, rules)]
        content = cards.escalated(case, duty, holder, now)
    _say(round_, case, bell, told, cards.with_hotline(content, terms), _when(duty, bell, now, rules))


def _when(duty: ClaimDuty, bell: Deadline, now: datetime, rules: Rules) -> datetime:
    """Scene, police and insurer ring at any hour; papers wait for the morning when the morning is early enough."""
    if duty.kind not in PAPERS:
        return now
    morning = next_allowed(now, rules.calendar.quiet_from, rules.calendar.quiet_until)
    return now if bell.level < 0 and morning >= duty.due_at else morning


def _say(
    round_: Round, case: Case, bell: Deadline, members: Iterable[Staff], content: Content, at: datetime
) -> None:
    round_.said.extend(
        staff_rows(
            {member.id: member for member in members}.values(), f"deadline:{bell.id}", content,
            now=round_.now, subject=case.subject, guard=f"deadline:{bell.id}", due_at=at,
        )
    )  # fmt: skip
