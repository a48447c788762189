"""Which case a person means, by number, by button or because only one comes into question."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases import WORKFLOWS
from models.cases.advance import workflow_of
from models.cases.case import Case, find_case
from models.cases.workflow import Mover
from models.errors import UserError
from models.people.identity import TenantActor
from models.people.staff import Staff
from models.rules import Rules

_NUMBER = re.compile(r"#?(?P<number>[A-Za-z]\s?\d{1,7}|\d{1,7}(?=$|[\s,，。:：、]))(?P<rest>.*)", re.DOTALL)
_MARKS = " \t\r\n\u3000,，。:：、"


def split_number(text: str) -> tuple[str, str]:
    """ "R07 更换电容" is ("R07", "更换电容"); without a number in front, ("", text)."""
    match = _NUMBER.match(text.strip(_MARKS))
    if match is None:
        return "", text.strip(_MARKS)
    return match["number"].replace(" ", ""), match["rest"].strip(_MARKS)


def _tenant_id(actor: Mover) -> int | None:
    return actor.tenant.id if isinstance(actor, TenantActor) else None


async def case_by_id(session: AsyncSession, actor: Mover, case_id: str) -> Case:
    """The case behind a button, locked; for a tenant only their own exist."""
    query = select(Case).where(Case.id == (int(case_id) if case_id.isdecimal() and len(case_id) < 10 else 0))
    if isinstance(actor, TenantActor):
        query = query.where(Case.tenant_id == actor.tenant.id)
    case: Case | None = await session.scalar(query.with_for_update())
    if case is None:
        raise UserError("没有找到这一单，可能已经失效，请核对后再试。")
    return case


async def case_for(
    session: AsyncSession, actor: Mover, word: str, text: str, now: datetime, rules: Rules
) -> tuple[Case, str]:
    """The case meant by `text` after a command, locked, and the rest of the text.

    Without a number: the only case for which this person may use the word now. With other words behind it only a
    worker's own case is taken to be meant: "重开发票" and "同意延期" are not about repairs.
    """
    number, rest = split_number(text)
    if number:
        flows = [flow.name for flow in WORKFLOWS if flow.move(word) is not None]
        return await find_case(session, number, tenant_id=_tenant_id(actor), workflows=flows), rest
    hits = await candidates(session, actor, word, now, rules)
    if not hits:
        raise UserError(f"目前没有可以“{word}”的单。请写明单号，例如：{word} R07。")
    own = isinstance(actor, Staff) and hits[0].worker_id == actor.id
    if len(hits) > 1 or (rest and not own):
        listed = "、".join(f"{case.number} {case.category}" for case in hits[:6])
        raise UserError(f"请写明单号，例如：{word} {hits[0].number}。可选：{listed}。")
    return await case_by_id(session, actor, str(hits[0].id)), rest


async def candidates(
    session: AsyncSession, actor: Mover, word: str, now: datetime, rules: Rules
) -> list[Case]:
    """The cases for which this person may use the word now; a member's own come before everybody's."""
    since = now - timedelta(days=rules.repair.reopen_days)
    query = select(Case).where(or_(Case.closed_at.is_(None), Case.closed_at > since)).order_by(Case.id)
    if isinstance(actor, TenantActor):
        query = query.where(Case.tenant_id == actor.tenant.id)
    cases = [case for case in await session.scalars(query) if _offers(case, word, actor, rules)]
    mine = [case for case in cases if isinstance(actor, Staff) and case.worker_id == actor.id]
    return mine or cases


async def words_now(session: AsyncSession, actor: Mover, now: datetime, rules: Rules) -> set[str]:
    """The words of workflows that this person may use now, for one case or another."""
    since = now - timedelta(days=rules.repair.reopen_days)
    query = select(Case).where(or_(Case.closed_at.is_(None), Case.closed_at > since))
    if isinstance(actor, TenantActor):
        query = query.where(Case.tenant_id == actor.tenant.id)
    return {
        move.word
        for case in await session.scalars(query)
        for move in workflow_of(case).offered(case, actor, rules)
    }


def _offers(case: Case, word: str, actor: Mover, rules: Rules) -> bool:
    return any(move.word == word for move in workflow_of(case).offered(case, actor, rules))
