"""Complaints and inquiries from what a tenant wrote, and words that join an inquiry that is open."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.advance import advance, open_case
from models.cases.case import Case
from models.cases.complaint import COMPLAINT
from models.cases.complaint_person import named_in, remember
from models.cases.inquiry import INQUIRY
from models.cases.intake import clean
from models.cases.workflow import Act, Workflow
from models.people.tenant import Contact
from models.rules import Rules
from models.sequence import next_number

SAME_WITHIN = timedelta(minutes=10)
"""The same words of the same person within this time are the same complaint [practice]."""


async def file_complaint(
    session: AsyncSession, act: Act, contact: Contact, text: str, account: str = ""
) -> tuple[Case, bool]:
    """The complaint with its number, and whether it is new. Members named in it are kept away from it."""
    known = await _same(session, contact, text, act.now)
    if known is not None:
        return known, False
    case = await _new(session, COMPLAINT, act, contact, text, account)
    await remember(session, case.id, await named_in(session, text))
    await open_case(session, case, act)
    return case, True


async def leave_message(
    session: AsyncSession, act: Act, contact: Contact, text: str, account: str
) -> tuple[Case, bool]:
    """The inquiry these words belong to, and whether they opened it."""
    case = await open_inquiry(session, account, act.now, act.rules)
    if case is None:
        case = await _new(session, INQUIRY, act, contact, text, account)
        await open_case(session, case, act)
        return case, True
    await advance(session, case, "留言" if case.state == "new" else "追问", act)
    return case, False


async def open_inquiry(session: AsyncSession, account: str, now: datetime, rules: Rules) -> Case | None:
    """The inquiry of this chat that is not closed and had its start lately enough."""
    since = now - timedelta(hours=rules.inquiry.join_h)
    found: Case | None = await session.scalar(
        select(Case)
        .where(Case.workflow == INQUIRY.name, Case.reporter_account == account, Case.closed_at.is_(None))
        .where(Case.created_at > since)
        .order_by(Case.id.desc())
        .limit(1)
        .with_for_update()
    )
    return found


async def _same(session: AsyncSession, contact: Contact, text: str, now: datetime) -> Case | None:
    found: Case | None = await session.scalar(
        select(Case)
        .where(Case.workflow == COMPLAINT.name, Case.contact_id == contact.id)
        .where(Case.description == clean(text), Case.created_at > now - SAME_WITHIN, Case.closed_at.is_(None))
        .limit(1)
    )
    return found


async def _new(
    session: AsyncSession, workflow: Workflow, act: Act, contact: Contact, text: str, account: str
) -> Case:
    number = await next_number(session, f"case:{workflow.letter}")
    case = Case(
        number=f"{workflow.letter}{number:02d}",
        workflow=workflow.name,
        state=workflow.start.name,
        tenant_id=contact.tenant_id,
        contact_id=contact.id,
        reporter_account=account,
        place="",
        category=workflow.label,
        urgency="normal",
        description=clean(text),
        created_at=act.now,
    )
    session.add(case)
    await session.flush()
    return case
