"""Filing a repair: from what was understood to a numbered case with its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.advance import open_case
from models.cases.case import Case, CaseEvent
from models.cases.intake import Placed, clean, first_aid
from models.cases.repair import OPEN, REPAIR
from models.cases.understanding import understand
from models.cases.workflow import Act
from models.claims.claim import claim_of_repair
from models.claims.evidence import ClaimPhoto
from models.messages.content import Content
from models.messages.media import LOOSE_FOR, Media
from models.messages.tell import tell_staff
from models.people.staff import Staff
from models.people.tenant import Contact
from models.rules import Rules
from models.sequence import next_number

SAME_WITHIN = timedelta(minutes=10)
"""The same words of the same person within this time are the same report [practice]."""


async def file_report(
    session: AsyncSession,
    act: Act,
    contact: Contact,
    text: str,
    placed: Placed,
    *,
    account: str = "",
    media: Sequence[Media] = (),
) -> Case:
    """A new case with the next number; those on shift are told."""
    number = await next_number(session, f"case:{REPAIR.letter}")
    understood = understand(text, act.rules)
    case = Case(
        number=f"{REPAIR.letter}{number:02d}",
        workflow=REPAIR.name,
        tenant_id=contact.tenant_id,
        contact_id=contact.id,
        reporter_account=account,
        unit_id=placed.unit.id if placed.unit else None,
        place=placed.place,
        category=understood.category,
        urgency=understood.urgency,
        description=clean(text),
        created_at=act.now,
    )
    await open_case(session, case, act, media)
    return case


async def same_report(
    session: AsyncSession, contact_id: int, text: str, placed: Placed, now: datetime
) -> Case | None:
    """The open case this contact filed with the same words about the same place a moment ago."""
    found: Case | None = await session.scalar(
        select(Case)
        .where(Case.contact_id == contact_id, Case.description == clean(text), Case.place == placed.place)
        .where(Case.workflow == REPAIR.name, Case.state.in_(OPEN), Case.created_at > now - SAME_WITHIN)
        .order_by(Case.id.desc())
        .limit(1)
    )
    return found


async def fresh_report(session: AsyncSession, account: str, now: datetime) -> Case | None:
    """The open case this chat reported or took up again so lately that its pictures belong to it."""
    lately = select(CaseEvent.case_id).where(
        CaseEvent.move.in_((REPAIR.opening, "重开")), CaseEvent.at > now - LOOSE_FOR
    )
    found: Case | None = await session.scalar(
        select(Case)
        .where(Case.workflow == REPAIR.name, Case.reporter_account == account)
        .where(Case.state.in_(OPEN), Case.id.in_(lately))
        .order_by(Case.id.desc())
        .limit(1)
        .with_for_update()
    )
    return found


async def add_photo(session: AsyncSession, case: Case, media: Media, now: datetime) -> None:
    """Attaches a picture that came later; the worker gets it too, unless it is their own."""
    media.subject = case.subject
    if (claim := await claim_of_repair(session, case.id)) is not None:
        session.add(ClaimPhoto(claim_id=claim.id, media_id=media.id))
    worker = await session.get(Staff, case.worker_id) if case.worker_id else None
    if worker is None or (media.channel == "wecom" and media.sender == worker.userid):
        return
    content = Content(file=f"media:{media.id}", file_name=media.name)
    await tell_staff(
        session, [worker], f"{case.subject}:media:{media.id}", content, now=now, subject=case.subject
    )


def receipt_text(case: Case, photos: int, rules: Rules) -> str:
    """What the tenant reads right after reporting."""
    where = f"，{case.place}" if case.place else ""
    added = f"，已附 {photos} 张照片" if photos else ""
    if case.urgency == "emergency":
        advice = first_aid(case.description, case.category, rules.repair)
        return (
            f"【紧急】{case.number} 已登记（{case.category}{where}{added}），已通知全部当班人员。\n"
            f"师傅到达前：{advice}\n紧急电话 {rules.park.phone}。查看进展发送“进度 {case.number}”。"
        )
    minutes = rules.repair.accept_min[case.urgency]
    return (
        f"已登记 {case.number}（{case.category}{where}{added}），{minutes} 分钟内安排师傅接单。"
        f"可直接发照片补充；查看进展发送“进度 {case.number}”。"
    )
