"""Reports that a planned outage explains: it answers first, and never instead of help [domain §10]."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, UniqueConstraint, and_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.announcements.announcement import Announcement, AnnouncementState
from models.announcements.span import span_text
from models.announcements.words import clock_words, what_happens
from models.base import Base, UtcDateTime
from models.cases.intake import Placed, folded, urgency_of
from models.cases.phrases import has, without
from models.cases.same_fault import installations_in
from models.clock import local_date
from models.database import insert_new
from models.people.tenant import Contact, units_of
from models.people.unit import Unit
from models.prepared import Prepared
from models.rules import Rules
from models.shortcut import ask

_TOLD = (AnnouncementState.SENDING, AnnouncementState.SENT)


class OutageAnswer(Base):
    """A contact whose report was answered with an outage. account: the chat. wants_word: tell them when it is over.

    told_at: when they were told so. reported_at: when they reported all the same.
    """

    __tablename__ = "outage_answer"
    __table_args__ = (UniqueConstraint("announcement_id", "contact_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    account: Mapped[str]
    answered_at: Mapped[datetime]
    wants_word: Mapped[bool] = mapped_column(default=False)
    told_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]


def explained_by(text: str, kind: str, rules: Rules) -> bool:
    """Whether the outage of that kind may be all that the text is about. Pure.

    Never where a word of danger stands in it, or where it is an emergency for another reason than that something is
    cut off [domain §10: fire, gas, people in a lift, water].
    """
    words = rules.repair.shared.get(kind, ())
    plain = folded(text).replace(" ", "")
    if kind not in installations_in(text, rules.repair.shared) or has(
        rules.announcements.never_outage, plain
    ):
        return False
    return urgency_of(without(words, plain), rules.repair) != "emergency"


_IS_RUNNING = and_(
    Announcement.state.in_(_TOLD),
    Announcement.from_at <= bindparam("by", type_=UtcDateTime),
    Announcement.until_at >= bindparam("since", type_=UtcDateTime),
    Announcement.over_at.is_(None),
)
_ANY_RUNNING = Prepared(select(Announcement.id).where(_IS_RUNNING).limit(1))
_RUNNING = select(Announcement).where(_IS_RUNNING).order_by(Announcement.id.desc())


async def known_outage(
    session: AsyncSession, tenant_id: int, text: str, placed: Placed, now: datetime, rules: Rules
) -> Announcement | None:
    """The announced outage, running or near, whose kind, place and time fit the report; None when none does."""
    near = timedelta(minutes=rules.announcements.near_min)
    around = {"by": now + near, "since": now - near}
    if not await ask(session, _ANY_RUNNING, around):  # so it is nearly always
        return None
    fitting = [
        each for each in await session.scalars(_RUNNING, around) if explained_by(text, each.kind, rules)
    ]
    if not fitting:
        return None
    units = await _units_meant(session, tenant_id, placed, now)
    return next((each for each in fitting if any(each.where.covers(unit) for unit in units)), None)


async def _units_meant(session: AsyncSession, tenant_id: int, placed: Placed, now: datetime) -> list[Unit]:
    """Where the report may be: the unit it names, those it may mean, else everything the tenant rents."""
    units = await units_of(session, tenant_id, local_date(now))
    named = {placed.unit.id} if placed.unit else {choice.id for choice in placed.choices}
    return [unit for unit in units if not named or unit.id in named]


def answer_text(announcement: Announcement, now: datetime, rules: Rules) -> str:
    """What the tenant reads first: what, where, until when, and what to do then."""
    from_at, until_at = announcement.from_at or now, announcement.until_at or now
    times = f"至 {clock_words(until_at, now)}" if from_at <= now else f" {span_text(from_at, until_at)}"
    what = f"{announcement.where.label}{what_happens(announcement.kind)}{times}"
    return (
        f"{what}（公告 {announcement.number}）：{announcement.body}\n恢复后仍有问题，请点“仍要报修”或再发一次。"
        f"有漏水、冒烟、困人等险情，请直接写明或致电 {rules.park.phone}。"
    )


async def note_answer(
    session: AsyncSession,
    announcement: Announcement,
    contact: Contact,
    account: str,
    now: datetime,
) -> None:
    """Once for each contact, however often they ask."""
    row = {
        "announcement_id": announcement.id, "contact_id": contact.id, "account": account, "answered_at": now,
        "wants_word": False,
    }  # fmt: skip
    await insert_new(session, OutageAnswer, [row])


async def answer_for(session: AsyncSession, announcement_id: int, contact_id: int) -> OutageAnswer | None:
    """What this contact was answered, locked."""
    found: OutageAnswer | None = await session.scalar(
        select(OutageAnswer)
        .where(OutageAnswer.announcement_id == announcement_id, OutageAnswer.contact_id == contact_id)
        .with_for_update()
    )
    return found


async def answered_text(session: AsyncSession, announcement: Announcement) -> str:
    """How many reports it has answered; "" for none."""
    total, waiting, cases = (
        await session.execute(
            select(
                func.count(),
                func.count().filter(OutageAnswer.wants_word),
                func.count(OutageAnswer.reported_at),
            ).where(OutageAnswer.announcement_id == announcement.id)
        )
    ).one()
    return f"先答复报修 {total} 人，要恢复通知 {waiting} 人，仍要报修 {cases} 人" if total else ""
