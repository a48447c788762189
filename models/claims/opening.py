"""Opening a claim: a numbered case with its clocks running and everybody concerned alarmed, whatever else is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.advance import open_case
from models.cases.case import Case
from models.cases.claim import CLAIM
from models.cases.workflow import Act
from models.claims.cards import alarm_card
from models.claims.claim import Claim, ClaimRepair
from models.claims.clocks import keep_clocks
from models.claims.crew import alarmed, crew_of
from models.claims.evidence import ClaimPhoto
from models.claims.handover import give_out
from models.claims.insurer_clocks import ClockKind, start_clock
from models.claims.terms import candidates, terms_of
from models.claims.when import When
from models.messages.media import Media
from models.messages.tell import tell_staff
from models.people.staff import Staff
from models.sequence import next_number

LONGEST_PLACE = 40


@dataclass(frozen=True, slots=True)
class Loss:
    """What is known when the alarm is raised. tenant_id: whose property it is, where it is a tenant's."""

    kind: str
    place: str
    what: str
    when: When | None = None
    unit_id: int | None = None
    tenant_id: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The new claim, and who was alarmed."""

    case: Case
    claim: Claim
    called: Sequence[Staff]


async def open_claim(
    session: AsyncSession, act: Act, loss: Loss, *, source: Case | None = None, media: Sequence[Media] = ()
) -> Opened:
    """A new claim with the next number. `source`: the repair it comes from, which it locks from now on."""
    number = await next_number(session, f"case:{CLAIM.letter}")
    case = Case(
        number=f"{CLAIM.letter}{number:02d}", workflow=CLAIM.name, unit_id=loss.unit_id,
        place=loss.place[:LONGEST_PLACE], category=loss.kind, urgency="emergency", description=loss.what,
        created_at=act.happened_at,
    )  # fmt: skip
    await open_case(session, case, act)
    claim = _claim(case, loss, act, source)
    session.add(claim)
    await session.flush()
    await _choose_policy(session, claim)
    await _keep_evidence(session, case, claim, source, media)
    duties = await keep_clocks(session, case, claim, act.now, act.rules)
    await start_clock(session, case, claim.id, ClockKind.LIMITATION, claim.discovered_at, act.rules.insurance)
    crew = await crew_of(session, act.rules)
    if isinstance(act.actor, Staff) and act.actor in crew:
        case.worker_id = act.actor.id  # who raised the alarm is at it already, if they may keep it
    holder = await give_out(session, case, claim, act.now, act.rules)
    called = alarmed(crew, claim.department, act.now, act.rules)
    card = alarm_card(case, claim, duties, holder, await terms_of(session, claim), act.now, act.rules)
    others = [member for member in called if member is not act.actor]
    await tell_staff(session, others, f"{case.subject}:alarm", card, now=act.now, subject=case.subject)
    return Opened(case, claim, called)


def _claim(case: Case, loss: Loss, act: Act, source: Case | None) -> Claim:
    said = act.rules.claims
    target = said.kinds[loss.kind].object
    found_at = loss.when.found_at if loss.when else None
    reported_at = act.happened_at
    return Claim(
        case_id=case.id, kind=loss.kind, object=target, department=said.objects[target], tenant_id=loss.tenant_id,
        source_case_id=source.id if source else None, occurred_at=loss.when.at if loss.when else None,
        discovered_at=found_at or (source.created_at if source else reported_at), reported_at=reported_at,
    )  # fmt: skip


async def _choose_policy(session: AsyncSession, claim: Claim) -> None:
    """The policy, where only one is asked about such losses; else it is asked when the insurer is told."""
    policies = await candidates(session, claim)
    if len(policies) == 1:
        claim.policy_id, claim.policy_number = policies[0].id, policies[0].number


async def _keep_evidence(
    session: AsyncSession, case: Case, claim: Claim, source: Case | None, media: Sequence[Media]
) -> None:
    """The pictures sent with the alarm or with the repair, and the lock on the repair."""
    for each in media:
        each.subject = case.subject
    earlier: list[Media] = []
    if source is not None:
        session.add(ClaimRepair(claim_id=claim.id, case_id=source.id))
        earlier = list(
            await session.scalars(select(Media).where(Media.subject == source.subject).order_by(Media.id))
        )
    session.add_all(ClaimPhoto(claim_id=claim.id, media_id=each.id) for each in (*earlier, *media))
    await session.flush()
