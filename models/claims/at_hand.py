"""Which claim somebody means: by number, because it is the only one, or because they were at it just now."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases import WORKFLOWS
from models.cases.case import Case, CaseEvent, find_case
from models.cases.claim import CLAIM
from models.claims.claim import Claim
from models.claims.evidence import missing_shots
from models.errors import UserError
from models.people.staff import Staff
from models.rules import Rules

_LETTERS = "".join(flow.letter for flow in WORKFLOWS)
_NUMBER = re.compile(rf"[#＃]?(L\s?\d{{1,7}}|[{_LETTERS}]\d{{1,4}})(?!\d)(.*)", re.DOTALL | re.IGNORECASE)
_MARKS = " \t\r\n\u3000,，。:：、"
SAME_WITHIN = timedelta(hours=1)
"""The same kind of loss at the same place within this time may be the same loss [practice]."""
_OPEN = select(Case).where(Case.workflow == CLAIM.name, Case.closed_at.is_(None)).order_by(Case.id)


def split_claim_number(text: str) -> tuple[str, str]:
    """ "L01 清理 李经理" is ("L01", "清理 李经理"). A number needs its letter here: amounts stand alone as well."""
    match = _NUMBER.match(text.strip(_MARKS))
    if match is None:
        return "", text.strip(_MARKS)
    return match[1].replace(" ", ""), match[2].strip(_MARKS)


async def claim_meant(
    session: AsyncSession, member: Staff, word: str, text: str, now: datetime, rules: Rules
) -> tuple[Case, str]:
    """The claim meant after a command, locked, and the rest of the text. Raises UserError when it is not clear."""
    number, rest = split_claim_number(text)
    if not number:
        at_hand = await claims_at_hand(session, member, now, rules)
        found = at_hand if len(at_hand) == 1 else list(await session.scalars(_OPEN))
        if not found:
            raise UserError(
                f"目前没有在办的出险单。新出险请发“出险 地点 情况”；已有的写明单号，例如：{word} L01。"
            )
        if len(found) > 1:
            listed = "、".join(f"{case.number} {case.category} {case.place}" for case in found[:6])
            raise UserError(f"请写明单号，例如：{word} {found[0].number}。在办的有：{listed}。")
        number = found[0].number
    case = await find_case(session, number)
    if case.workflow != CLAIM.name:
        raise UserError(f"{case.number} 不是出险单。")
    return case, rest


async def claims_at_hand(session: AsyncSession, member: Staff, now: datetime, rules: Rules) -> list[Case]:
    """Open claims the member did something about within the last hours; else those they are responsible for."""
    since = now - timedelta(hours=rules.claims.photo_claim_h)
    touched = select(CaseEvent.case_id).where(
        CaseEvent.actor == f"staff:{member.userid}", CaseEvent.at >= since
    )
    found = list(await session.scalars(_OPEN.where(Case.id.in_(touched)).with_for_update()))
    return found or list(await session.scalars(_OPEN.where(Case.worker_id == member.id).with_for_update()))


async def twin_of(session: AsyncSession, kind: str, place: str, now: datetime) -> Case | None:
    """The open claim that is about the same loss, as far as kind, place and hour can tell."""
    rows = await session.scalars(
        _OPEN.where(Case.category == kind, Case.created_at > now - SAME_WITHIN).with_for_update()
    )
    return next((case for case in rows if place in case.place or case.place in place), None)


async def fresh_claims(session: AsyncSession, now: datetime, rules: Rules) -> list[Case]:
    """Open claims of the last hours whose three pictures are not there yet: whoever was alarmed may send them."""
    since = now - timedelta(hours=rules.claims.photo_claim_h)
    rows = await session.execute(
        select(Case, Claim.id)
        .join(Claim, Claim.case_id == Case.id)
        .where(Case.closed_at.is_(None), Claim.reported_at >= since)
        .order_by(Case.id)
    )
    return [case for case, claim_id in rows if await missing_shots(session, claim_id)]
