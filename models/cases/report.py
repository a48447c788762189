"""Filing a repair: from what was understood to a numbered case with its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.advance import open_case
from models.cases.case import Case, CaseEvent
from models.cases.companions import worked_on
from models.cases.intake import Placed, clean, first_aid
from models.cases.merge_proposal import propose_merge
from models.cases.repair import LIVE, REPAIR
from models.cases.repetition import says_nothing_new
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
    await propose_merge(session, case, act)
    return case


async def same_report(
    session: AsyncSession, contact_id: int, text: str, placed: Placed, now: datetime, rules: Rules
) -> Case | None:
    """The case this contact filed about the same place a moment ago, where these words say nothing new about it."""
    since = now - timedelta(minutes=rules.repair.same_within_min)
    rows = await session.scalars(
        select(Case)
        .where(Case.contact_id == contact_id, Case.place == placed.place)
        .where(Case.workflow == REPAIR.name, Case.state.in_(LIVE), Case.created_at > since)
        .order_by(Case.id.desc())
    )
    return next((case for case in rows if _repeats(case, text, rules)), None)


def _repeats(case: Case, text: str, rules: Rules) -> bool:
    if case.description == clean(text):
        return True
    understood = understand(text, rules)
    no_worse = understood.urgency != "emergency" or case.urgency == "emergency"
    return no_worse and understood.category == case.category and says_nothing_new(case.description, text)


async def fresh_report(session: AsyncSession, account: str, now: datetime) -> Case | None:
    """The open case this chat reported or took up again so lately that its pictures belong to it."""
    lately = select(CaseEvent.case_id).where(
        CaseEvent.move.in_((REPAIR.opening, "重开")), CaseEvent.at > now - LOOSE_FOR
    )
    found: Case | None = await session.scalar(
        select(Case)
        .where(Case.workflow == REPAIR.name, Case.reporter_account == account)
        .where(Case.state.in_(LIVE), Case.id.in_(lately))
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
    in_hand = await worked_on(session, case)
    worker = await session.get(Staff, in_hand.worker_id) if in_hand.worker_id else None
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
