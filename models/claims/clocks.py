"""The clocks of a claim: when each duty is due and why, and the bells that ring before, at and after that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case, Deadline
from models.claims.claim import Claim
from models.claims.duty import NOT_APPLICABLE, ClaimDuty, DutyKind, duties_of
from models.claims.terms import Terms, terms_of
from models.rules import Rules

AT_ONCE = -9
"""Level of the bell that asks whether the insurer was told at once; reminders are -1, -2 …"""
HANDOVER = "handover"
"""Kind of the bell at the end of a shift."""


@dataclass(frozen=True, slots=True)
class Due:
    """One duty of a loss: its clock and the rule the due time comes from."""

    kind: DutyKind
    department: str
    starts_at: datetime
    due_at: datetime
    basis: str


def dues_of(claim: Claim, terms: Terms, rules: Rules) -> list[Due]:
    """Every duty of the loss. Clocks run from the loss, or from discovery while its time is not known [domain §11]."""
    said, loss = rules.claims, claim.loss_at
    since = "事故发生" if claim.occurred_known else "发现（出险时间不明）"
    desk = said.lead_department
    scene = Due(
        DutyKind.ARRIVE, claim.department, claim.reported_at,
        claim.reported_at + timedelta(seconds=said.on_scene_s), f"接报后 {span(said.on_scene_s)}内到场",
    )  # fmt: skip
    found = [scene]
    if said.kinds[claim.kind].police:
        due_at = loss + timedelta(hours=said.police_h)
        found.append(
            Due(DutyKind.POLICE, claim.department, loss, due_at, f"{since}后 {said.police_h} 小时内")
        )
    found.append(_insurer(claim, terms, rules, since))
    report_due = loss + timedelta(hours=said.report_h)
    found.append(Due(DutyKind.REPORT, desk, loss, report_due, f"{since}后 {said.report_h} 小时内"))
    notice_due = loss + timedelta(days=said.loss_notice_days)
    found.append(Due(DutyKind.LOSS_NOTICE, desk, loss, notice_due, f"{since}后 {said.loss_notice_days} 天内"))
    return found


def _insurer(claim: Claim, terms: Terms, rules: Rules, since: str) -> Due:
    """The manual says at once, within 12 h of the accident, and within 12 h after handling: the earliest counts.

    Handling begins when somebody is on the scene. "At once" has no figure: it is a question asked early (AT_ONCE).
    """
    hours, loss = rules.claims.insurer_h, claim.loss_at
    choices = [(loss + timedelta(hours=hours), f"{since}后 {hours} 小时内，越早越好")]
    if claim.arrived_at is not None:
        choices.append((claim.arrived_at + timedelta(hours=hours), f"现场处理后 {hours} 小时内，越早越好"))
    if terms.notify_h is not None:
        choices.append((loss + timedelta(hours=terms.notify_h), f"保单要求 {terms.notify_h} 小时内"))
    due_at, basis = min(choices)
    return Due(DutyKind.INSURER, claim.department, loss, due_at, basis)


def span(seconds: int) -> str:
    """ "3 分钟", or "90 秒" where it is no full minute."""
    return f"{seconds} 秒" if seconds % 60 else f"{seconds // 60} 分钟"


async def keep_clocks(
    session: AsyncSession, case: Case, claim: Claim, now: datetime, rules: Rules
) -> list[ClaimDuty]:
    """Brings duties and bells in line with what is known of the loss; what was met stays met. The duties, in order."""
    there = {duty.kind: duty for duty in await duties_of(session, claim.id)}
    for due in dues_of(claim, await terms_of(session, claim), rules):
        duty = there.get(due.kind)
        if duty is None:
            duty = ClaimDuty(claim_id=claim.id, kind=due.kind, evidence_media=[])
            session.add(duty)
        moved = duty.due_at != due.due_at
        duty.department, duty.starts_at, duty.due_at, duty.basis = (
            due.department, due.starts_at, due.due_at, due.basis,
        )  # fmt: skip
        if moved:
            await _judge_anew(session, case, duty, now, rules)
    await session.flush()
    return await duties_of(session, claim.id)


async def _judge_anew(
    session: AsyncSession, case: Case, duty: ClaimDuty, now: datetime, rules: Rules
) -> None:
    """A due time that has moved: met in time or late by the new one, and with new bells while it is open."""
    if duty.met_at is not None:
        duty.missed_at = duty.due_at if duty.met_at > duty.due_at else None
        return
    duty.missed_at = None
    for bell in await bells_of(session, case.id, duty.kind):
        bell.dropped_at = now
    if duty.reason == NOT_APPLICABLE:
        return
    if duty.due_at > now:  # there is time again: what was said of the old due time excuses nothing
        duty.reason = duty.reason_note = duty.reason_by = ""
    session.add_all(_bells(case, duty, now, rules))


def _bells(case: Case, duty: ClaimDuty, now: datetime, rules: Rules) -> list[Deadline]:
    """One at the due time, and the reminders before it that still lie ahead."""
    ahead = [
        (-place, duty.due_at - timedelta(minutes=minutes))
        for place, minutes in enumerate(rules.claims.remind_before_min.get(duty.kind, ()), start=1)
    ]
    if duty.kind is DutyKind.INSURER:
        ahead.append((AT_ONCE, now + timedelta(minutes=rules.claims.at_once_min)))
    times = [(0, duty.due_at), *((level, at) for level, at in ahead if now < at < duty.due_at)]
    return [Deadline(case_id=case.id, kind=duty.kind, level=level, due_at=at) for level, at in times]


async def bells_of(session: AsyncSession, case_id: int, kind: str) -> Sequence[Deadline]:
    """The bells of that kind that have not been silenced, locked for change."""
    rows = await session.scalars(
        select(Deadline)
        .where(Deadline.case_id == case_id, Deadline.kind == kind)
        .where(Deadline.met_at.is_(None), Deadline.dropped_at.is_(None))
        .order_by(Deadline.id)
        .with_for_update()
    )
    return list(rows)


async def meet(
    session: AsyncSession, case: Case, claim: Claim, kind: DutyKind, at: datetime, by: str, evidence: str,
    media: Sequence[int] = (),
) -> ClaimDuty | None:  # fmt: skip
    """Notes what met a duty and when; the first evidence counts. None when this loss has no such duty.

    What was sent in time and worked off late, because the service was down, was in time.
    """
    duty = next((each for each in await duties_of(session, claim.id) if each.kind is kind), None)
    if duty is None or duty.met_at is not None:
        return duty
    duty.met_at, duty.met_by, duty.evidence, duty.evidence_media = at, by, evidence, list(media)
    duty.missed_at = duty.due_at if at > duty.due_at else None
    for bell in await bells_of(session, case.id, kind):
        bell.met_at = at
    return duty
