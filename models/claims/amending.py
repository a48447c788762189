"""补充: what was not known before, or was known wrongly. Clocks, departments and papers follow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case
from models.cases.workflow import Act
from models.claims.cards import moved_card, with_hotline
from models.claims.claim import Claim, claim_of
from models.claims.clocks import keep_clocks
from models.claims.crew import alarmed, crew_of
from models.claims.handover import give_out
from models.claims.insurer_clocks import ClockKind, start_clock
from models.claims.reference import reference_in
from models.claims.terms import terms_of
from models.errors import UserError
from models.messages.tell import tell_staff

AMENDABLE = {
    "原因": "cause",
    "损失": "extent",
    "措施": "measures",
    "第三方": "third_party",
    "保单": "policy_number",
    "报案号": "insurer_case_number",
    "联系人": "insurer_contact",
}
"""Words of 补充 → the field of the claim they fill. 时间, 标的 and 地点 are understood besides."""


async def amend(session: AsyncSession, case: Case, act: Act) -> None:
    """补充: a fact that was not known before; the clocks follow."""
    claim, facts = await claim_of(session, case.id), dict(act.facts)
    if not facts:
        raise UserError(f"请写补充什么，例如：补充 {case.number} 原因 水管老化爆裂。")
    _write(case, claim, facts)
    if "标的" in facts:
        await _change_object(session, case, claim, _object_of(str(facts["标的"]), act), act)
    if "found_at" in facts:
        claim.discovered_at = min(datetime.fromisoformat(str(facts["found_at"])), claim.reported_at)
    if "occurred_at" in facts:
        claim.occurred_at = _instant(str(facts["occurred_at"]), claim)
    await keep_clocks(session, case, claim, act.now, act.rules)
    if "found_at" in facts:  # the two years run from the day the loss was known
        await start_clock(
            session, case, claim.id, ClockKind.LIMITATION, claim.discovered_at, act.rules.insurance
        )


def _write(case: Case, claim: Claim, facts: dict[str, Any]) -> None:
    """The facts that are words. A case number is the insurer's to give."""
    number = facts.get("报案号")
    if number is not None and (claim.insurer_told_at is None or not reference_in(str(number))):
        raise UserError(f"报案号要由保险公司给。还没报险请发“报险 {case.number}”，更正请照着写全。")
    for word, field in AMENDABLE.items():
        if word in facts:
            setattr(claim, field, str(facts[word]))
    if "policy" in facts:
        claim.policy_id = facts["policy"]
    if "地点" in facts:
        case.place = str(facts["地点"])


async def _change_object(session: AsyncSession, case: Case, claim: Claim, thing: str, act: Act) -> None:
    """Another thing is hurt than it seemed: the department in charge of that is told, and takes over."""
    before = claim.department
    claim.object, claim.department = thing, act.rules.claims.objects[thing]
    if claim.department == before:
        return
    holder = await give_out(session, case, claim, act.now, act.rules)
    crew = await crew_of(session, act.rules)
    called = [m for m in alarmed(crew, claim.department, act.now, act.rules) if m is not act.actor]
    card = with_hotline(moved_card(case, claim, before, holder), await terms_of(session, claim))
    key = f"{case.subject}:object:{act.message_key or int(act.now.timestamp())}"
    await tell_staff(session, called, key, card, now=act.now, subject=case.subject)


def _object_of(said: str, act: Act) -> str:
    for name in act.rules.claims.objects:
        if said and (said in name or name in said):
            return name
    raise UserError(f"标的请写：{'、'.join(act.rules.claims.objects)}。")


def _instant(value: str, claim: Claim) -> datetime | None:
    """The time of loss, "" while nobody knows it."""
    if not value:
        return None
    at = datetime.fromisoformat(value)
    if at > claim.discovered_at:
        raise UserError("出险时间不能晚于发现时间。")
    return at
