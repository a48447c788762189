"""出险通知书, 受损标的清单 and 特别事件报告, filled from the case and from nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case
from models.claims.amounts import AmountKind, amounts_of, totals
from models.claims.checklist import checklist
from models.claims.claim import Claim
from models.claims.course import course_of, open_steps, stamp
from models.claims.documents import (
    Damaged,
    DamageList,
    IncidentReport,
    Insured,
    LossFacts,
    LossNotice,
    quantity_text,
)
from models.claims.duty import DutyKind, duties_of
from models.claims.evidence import items_of, thing_named
from models.claims.paper import Paper, scene_photos
from models.claims.third_party import third_parties_of
from models.clock import local_date
from models.notices.documents import Issuer
from models.people.staff import Staff
from models.policies.policy import Policy
from models.rules import Rules

NOT_LOOKED_UP = "待查"
"""What is said of a policy nobody could find in the hurry: no number to print."""
UNKNOWN_TIME = "不明，按发现时间起算"
_OWN_FORMS = (Paper.LOSS_NOTICE, Paper.INCIDENT_REPORT)
"""Papers that are not attached to themselves, or not meant for the insurer."""

_ROUTINE = frozenset({"照片", "材料", "金额", "补充", "损失"})
"""Moves that the facts of the report show already."""


async def insured_of(session: AsyncSession, claim: Claim) -> Insured:
    """The policy as registered; only the number the insurer was told where it is not in the register."""
    policy = await session.get(Policy, claim.policy_id) if claim.policy_id else None
    if policy is None:
        number = "" if claim.policy_number == NOT_LOOKED_UP else claim.policy_number
        return Insured(policy_number=number, contact=claim.insurer_contact)
    contact = f"{policy.contact_name} {policy.contact_phone}".strip()
    return Insured(
        insurer=policy.insurer,
        policy_number=policy.number,
        policy_name=policy.name,
        holder=policy.holder,
        period=f"{policy.start_on} 至 {policy.end_on}",
        contact=claim.insurer_contact or contact,
    )


async def loss_facts(
    session: AsyncSession, case: Case, claim: Claim, now: datetime, rules: Rules
) -> LossFacts:
    """What the forms share."""
    handler = await session.get(Staff, case.worker_id) if case.worker_id else None
    others = [each.line for each in await third_parties_of(session, claim.id)]
    if claim.third_party and not others:
        others = [claim.third_party]
    return LossFacts(
        issuer=Issuer.of(rules.park),
        case_number=case.number,
        insurer_case_number=claim.insurer_case_number,
        insured=await insured_of(session, claim),
        kind=claim.kind,
        thing=thing_named(claim.object, [item.name for item in await items_of(session, claim.id)]),
        place=case.place,
        occurred=stamp(claim.occurred_at) or UNKNOWN_TIME,
        discovered=stamp(claim.discovered_at),
        reported=stamp(claim.reported_at),
        arrived=stamp(claim.arrived_at),
        description=case.description,
        cause=claim.cause,
        extent=claim.extent,
        measures=claim.measures,
        police=await _police(session, claim),
        third_parties=tuple(others),
        handler=f"{handler.name}（{handler.department}） {rules.park.phone}" if handler else "",
        made_on=local_date(now),
    )


async def _police(session: AsyncSession, claim: Claim) -> str:
    """The report to the police; "" where there should be one and is none."""
    if claim.police_at is not None:
        return f"{stamp(claim.police_at)} 已报警，回执 {claim.police_receipt}"
    wanted = any(duty.kind is DutyKind.POLICE for duty in await duties_of(session, claim.id))
    return "" if wanted else "没有报警记录"


async def estimate_of(session: AsyncSession, claim: Claim) -> int | None:
    """The estimate as told; else the sum of the damage list where every line has one; else nobody knows."""
    if claim.estimate_fen is not None:
        return claim.estimate_fen
    estimates = [item.estimate_fen for item in await items_of(session, claim.id)]
    known = [each for each in estimates if each is not None]
    return sum(known) if known and len(known) == len(estimates) else None


async def loss_notice_of(
    session: AsyncSession, case: Case, claim: Claim, now: datetime, rules: Rules
) -> LossNotice:
    """To the insurer."""
    noted = totals(await amounts_of(session, claim.id))
    have = [
        line for line in await checklist(session, claim) if line.have and line.asked.paper not in _OWN_FORMS
    ]
    return LossNotice(
        loss=await loss_facts(session, case, claim, now, rules),
        insurer_told=stamp(claim.insurer_told_at),
        estimate_fen=await estimate_of(session, claim),
        rescue_fen=noted.get(AmountKind.RESCUE),
        attached=tuple(f"{line.label}（{line.have}）" for line in have),
    )


async def damage_list_of(
    session: AsyncSession, case: Case, claim: Claim, now: datetime, rules: Rules
) -> DamageList:
    """The list with the numbers of its pictures in the file."""
    shown: dict[int, list[str]] = {}
    for number, (photo, _) in enumerate(await scene_photos(session, claim.id), start=1):
        if photo.item_id is not None:
            shown.setdefault(photo.item_id, []).append(str(number))
    items = tuple(
        Damaged(
            item.name,
            quantity_text(item.quantity, item.unit),
            item.original_value_fen,
            item.estimate_fen,
            item.kept,
            "、".join(shown.get(item.id, ())),
        )
        for item in await items_of(session, claim.id)
    )
    return DamageList(await loss_facts(session, case, claim, now, rules), items)


async def incident_report_of(
    session: AsyncSession, case: Case, claim: Claim, now: datetime, rules: Rules
) -> IncidentReport:
    """To 总办."""
    missing = [line.label for line in await checklist(session, claim) if line.missing]
    duties = await duties_of(session, claim.id)
    steps = list(open_steps(duties))
    if missing:
        steps.append(f"索赔材料尚缺：{'、'.join(missing)}")
    facts = await loss_facts(session, case, claim, now, rules)
    wrote = next((duty.met_by for duty in duties if duty.kind is DutyKind.REPORT), "")
    return IncidentReport(
        loss=replace(facts, handler=facts.handler if facts.handler.startswith(wrote) else wrote),
        estimate_fen=await estimate_of(session, claim),
        course=await course_of(session, case, claim, without=_ROUTINE),
        next_steps=tuple(steps),
    )
