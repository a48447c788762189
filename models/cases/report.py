"""Filing a repair: from what was understood to a numbered case with its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.base import UtcDateTime
from models.calendar.duty import later_by
from models.cases.advance import open_case
from models.cases.case import Case, CaseEvent
from models.cases.companions import worked_on
from models.cases.intake import Placed, clean, first_aid
from models.cases.merge_proposal import propose_merge
from models.cases.repair import LIVE, REPAIR
from models.cases.repetition import says_nothing_new
from models.cases.targets import of_repair
from models.cases.team import team_of
from models.cases.understanding import understand
from models.cases.workflow import Act
from models.claims.claim import claim_of_repair
from models.claims.evidence import ClaimPhoto
from models.clock import local, local_date
from models.messages.content import Content
from models.messages.media import LOOSE_FOR, Media
from models.messages.tell import tell_staff
from models.people.tenant import Contact
from models.rules import Rules
from models.sequence import next_number


async def file_report(
    session: AsyncSession,
    act: Act,
    contact: Contact | None,
    text: str,
    placed: Placed,
    *,
    account: str = "",
    media: Sequence[Media] = (),
    tenant_id: int | None = None,
    stranger: tuple[str, str] = ("", ""),
) -> Case:
    """A new case with the next number; those on shift are told.

    tenant_id, stranger: whose it is, and name and number of who reported, where that is no contact of ours.
    """
    number = await next_number(session, f"case:{REPAIR.letter}")
    understood = understand(text, act.rules)
    case = Case(
        number=f"{REPAIR.letter}{number:02d}",
        workflow=REPAIR.name,
        tenant_id=contact.tenant_id if contact else tenant_id,
        contact_id=contact.id if contact else None,
        reporter_account=account,
        reporter_name=stranger[0],
        reporter_mobile=stranger[1],
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


_LATELY = (
    select(Case)
    .where(
        Case.place == bindparam("at"), Case.workflow == REPAIR.name, Case.state.in_(LIVE),
        Case.created_at > bindparam("since", type_=UtcDateTime),
    )
    .order_by(Case.id.desc())
)  # fmt: skip
_LATELY_THEIRS, _LATELY_NOBODYS = (
    _LATELY.where(whose) for whose in (Case.contact_id == bindparam("of"), Case.contact_id.is_(None))
)


async def same_report(
    session: AsyncSession, contact_id: int | None, text: str, placed: Placed, now: datetime, rules: Rules
) -> Case | None:
    """The case filed for this contact about the same place a moment ago, where these words say nothing new about it."""
    since = now - timedelta(minutes=rules.repair.same_within_min)
    values = {"at": placed.place, "since": since} | ({"of": contact_id} if contact_id is not None else {})
    rows = await session.scalars(_LATELY_THEIRS if contact_id is not None else _LATELY_NOBODYS, values)
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
    """Attaches a picture that came later; those who work on it get it too, unless it is their own."""
    media.subject = case.subject
    if (claim := await claim_of_repair(session, case.id)) is not None:
        session.add(ClaimPhoto(claim_id=claim.id, media_id=media.id))
    team = await team_of(session, await worked_on(session, case))
    others = [member for member in team if (media.channel, media.sender) != ("wecom", member.userid)]
    content = Content(file=f"media:{media.id}", file_name=media.name)
    await tell_staff(
        session, others, f"{case.subject}:media:{media.id}", content, now=now, subject=case.subject
    )


def promise(case: Case, rules: Rules) -> str:
    """When somebody takes it on: in so many minutes, or by when, where it was reported outside the duty hours."""
    target = of_repair("accept")(rules, case)
    wait = timedelta(minutes=target.minutes)
    due_at = later_by(case.created_at, wait, target.hours)
    if due_at == case.created_at + wait:
        return f"{target.minutes} 分钟内安排师傅接单"
    days = (local_date(due_at) - local_date(case.created_at)).days
    day = ("今天", "明早")[days] if days < 2 else f"{local(due_at):%-m月%-d日}"
    return f"现在不在服务时间，{day} {local(due_at):%H:%M} 前安排师傅接单（急事请致电 {rules.park.phone}）"


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
    return (
        f"已登记 {case.number}（{case.category}{where}{added}），{promise(case, rules)}。"
        f"可直接发照片补充；查看进展发送“进度 {case.number}”。"
    )
