"""An announcement from its draft to its approval, and back: handed in, approved by another, recalled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.announcements.announcement import APPROVE, URGENT, Announcement, AnnouncementState
from models.announcements.area import Area
from models.announcements.audience import Asked, Plan, plan_for
from models.announcements.timing import ask_again_at, start_at
from models.announcements.words import clock_words, short, tenant_text
from models.calendar.working_days import Calendar
from models.errors import UserError
from models.messages.content import Button, Content
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.messages.recall import Recalled
from models.messages.recall import recall as messages_recall
from models.messages.spill import spill
from models.messages.tell import close_cards, tell_staff
from models.people.staff import Staff, name_of, staff_who_may
from models.rules import Rules
from models.sequence import next_number

LONGEST = 500
_UNDER_WAY = (AnnouncementState.APPROVED, AnnouncementState.SENDING, AnnouncementState.SENT)


@dataclass(frozen=True, slots=True)
class Draft:
    """What has been said of an announcement to be. send_at: None for as soon as it is approved."""

    kind: str
    body: str
    area: Area
    audience: Area
    from_at: datetime | None
    until_at: datetime | None
    sign: bool = False
    sms: bool = True
    send_at: datetime | None = None

    @property
    def asked(self) -> Asked:
        """Nobody opts out of an outage or an alarm."""
        return Asked(self.sms, self.from_at is not None or self.kind == URGENT)


def asked_of(announcement: Announcement) -> Asked:
    """The same of what is kept."""
    return Asked(announcement.sms, announcement.is_outage or announcement.kind == URGENT)


async def submit(
    session: AsyncSession, draft: Draft, by: Staff, now: datetime, rules: Rules, calendar: Calendar
) -> Announcement:
    """Keeps the draft under a number and asks those who may approve, never its author; once more when they are late."""
    _check(draft, now)
    approvers = [m for m in await staff_who_may(session, APPROVE, rules) if m.id != by.id]
    if not approvers:
        raise UserError("没有别的同事有批准公告的权限，请先请经理开通。")
    announcement = Announcement(
        number=f"G{await next_number(session, 'announcement'):02d}",
        kind=draft.kind, body=draft.body[:LONGEST], area=draft.area.to_json(), audience=draft.audience.to_json(),
        from_at=draft.from_at, until_at=draft.until_at, sign=draft.sign, sms=draft.sms, send_at=draft.send_at,
        state=AnnouncementState.SUBMITTED, made_by=by.userid, made_at=now,
        next_at=ask_again_at(now, draft.kind, draft.send_at or draft.from_at, rules, calendar),
    )  # fmt: skip
    session.add(announcement)
    await session.flush()
    await _ask(session, announcement, approvers, by, now, rules)
    return announcement


def _check(draft: Draft, now: datetime) -> None:
    if draft.until_at and draft.until_at <= now:
        raise UserError("停用时间已经过去，请重新拟稿。")
    if draft.send_at and draft.until_at and draft.send_at >= draft.until_at:
        raise UserError("发送时间要早于停用结束时间，请改发送时间。")


async def _ask(
    session: AsyncSession,
    announcement: Announcement,
    approvers: list[Staff],
    by: Staff,
    now: datetime,
    rules: Rules,
) -> None:
    plan = await plan_for(session, announcement.readers, asked_of(announcement), now, rules)
    text = f"{tenant_text(announcement, rules)}\n——\n{ask_text(announcement, plan, now)}\n拟稿：{by.name}"
    content = Content(
        title=f"公告待批准 {announcement.number}", text=text, buttons=approval_buttons(announcement)
    )
    for part, each in enumerate(spill(content)):
        await tell_staff(
            session, approvers, f"{announcement.subject}:ask:{part}", each, now=now, subject=announcement.subject,
            guard=f"announcement_asked:{announcement.id}",
        )  # fmt: skip


def approval_buttons(announcement: Announcement) -> tuple[Button, ...]:
    """What an approver taps."""
    return (
        Button(f"announce_ok:{announcement.number}", "批准"),
        Button(f"announce_no:{announcement.number}", "不同意"),
    )


def ask_text(announcement: Announcement | Draft, plan: Plan, now: datetime) -> str:
    """Audience, channel, cost and time, for whoever decides."""
    readers = announcement.audience if isinstance(announcement, Draft) else announcement.readers
    when = f"{clock_words(announcement.send_at, now)} 起" if announcement.send_at else "批准后立即"
    sign = "，请租户签收" if announcement.sign else ""
    return f"收件范围：{readers.label}\n{plan.text}\n发送：{when}{sign}"


async def approve(
    session: AsyncSession, announcement: Announcement, by: Staff, now: datetime, rules: Rules
) -> datetime:
    """When it goes out. Raises UserError for its own author, or where it is too late."""
    _must_wait(announcement)
    if by.userid == announcement.made_by:
        raise UserError("自己拟的公告要由别的同事批准。")
    if announcement.until_at and announcement.until_at <= now:
        raise UserError(f"{announcement.number} 的停用时间已经过去，请点“不同意”，让拟稿人重新拟稿。")
    wanted = max(now, announcement.send_at or now)
    begins = start_at(wanted, announcement.kind, announcement.from_at, rules)
    if announcement.until_at and announcement.until_at <= begins:
        raise UserError(
            f"最早 {clock_words(begins, now)} 才能发送，那时停用已经结束。急事请让拟稿人发送“公告 紧急通知”重新拟稿。"
        )
    announcement.state, announcement.next_at = AnnouncementState.APPROVED, begins
    announcement.decided_by, announcement.decided_at = by.userid, now
    await close_cards(session, announcement.subject, "已批准", now)
    await tell_author(session, announcement, f"已由{by.name}批准，{clock_words(begins, now)} 起发送。", now)
    return begins


async def refuse(
    session: AsyncSession, announcement: Announcement, reason: str, by: Staff, now: datetime
) -> None:
    """Sends it back with a reason."""
    _must_wait(announcement)
    announcement.state, announcement.reason = AnnouncementState.REJECTED, reason
    announcement.next_at = None
    announcement.decided_by, announcement.decided_at = by.userid, now
    await close_cards(session, announcement.subject, "未批准", now)
    await tell_author(session, announcement, f"未批准（{by.name}：{reason}）。请改好后重新拟稿。", now)


def _must_wait(announcement: Announcement) -> None:
    if announcement.state is not AnnouncementState.SUBMITTED:
        raise UserError(f"{announcement.number} 现在是“{announcement.state}”，不用再审批。")


@dataclass(frozen=True, slots=True)
class TakenBack:
    """withheld: messages to tenants that had not gone out. desk: what the desk had been told."""

    withheld: int
    desk: Recalled


async def recall(session: AsyncSession, announcement: Announcement, reason: str, now: datetime) -> TakenBack:
    """Withholds what has not gone out, takes it from the desk's phones, and begins to correct what tenants have.

    微信客服 has no way to take a message back (WeCom recalls messages of the application only, 94867), so whoever got it
    is told.
    """
    if announcement.state is AnnouncementState.SUBMITTED:
        announcement.state = AnnouncementState.RECALLED
        await close_cards(session, announcement.subject, "已撤回", now)
    elif announcement.state in _UNDER_WAY:
        announcement.state = AnnouncementState.RECALLING
    else:
        raise UserError(f"{announcement.number} 现在是“{announcement.state}”，不用撤回。")
    announcement.reason = reason
    announcement.next_at = now if announcement.state is AnnouncementState.RECALLING else None
    withheld = await session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.subject == announcement.subject, OutboxMessage.contact_id.is_not(None))
        .where(OutboxMessage.status.in_((OutboxStatus.DUE, OutboxStatus.WAITING)))
        .values(status=OutboxStatus.WITHHELD, reason="公告已撤回", settled_at=now)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return TakenBack(len(withheld.all()), await _from_the_desk(session, announcement, now))


async def _from_the_desk(session: AsyncSession, announcement: Announcement, now: datetime) -> Recalled:
    """Nobody at the desk answers tenants any more by what does not hold."""
    ids = await session.scalars(
        select(OutboxMessage.id).where(
            OutboxMessage.dedupe_key.startswith(f"{announcement.subject}:desk:", autoescape=True),
            OutboxMessage.recipient.startswith("staff:"),
            OutboxMessage.dedupe_key.not_like("%:recall"),
        )
    )
    return await messages_recall(session, ids.all(), now)


async def tell_author(session: AsyncSession, announcement: Announcement, text: str, now: datetime) -> None:
    """How it stands, once for each state."""
    author = await _author(session, announcement)
    content = Content(text=f"公告 {announcement.number} {short(announcement)}\n{text}")
    key = f"{announcement.subject}:author:{announcement.state.name}"
    await tell_staff(session, author, key, content, now=now)


async def _author(session: AsyncSession, announcement: Announcement) -> list[Staff]:
    rows = await session.scalars(select(Staff).where(Staff.userid == announcement.made_by, Staff.active))
    return list(rows)


async def announcement_asked(session: AsyncSession, argument: str) -> str:
    """Guard: the card is withheld once somebody has decided."""
    found = await session.get(Announcement, int(argument), populate_existing=True)
    waits = found is not None and found.state is AnnouncementState.SUBMITTED
    return "" if waits else "公告已处理"


async def author_name(session: AsyncSession, announcement: Announcement) -> str:
    """Who wrote it."""
    return await name_of(session, f"staff:{announcement.made_by}")


async def announcements_todo(session: AsyncSession, member: Staff, rules: Rules) -> str:
    """What waits for this member's approval; "" for nothing."""
    if not member.may(APPROVE, rules):
        return ""
    rows = await session.scalars(
        select(Announcement)
        .where(Announcement.state == AnnouncementState.SUBMITTED, Announcement.made_by != member.userid)
        .order_by(Announcement.id)
    )
    lines = [f"{each.number} {short(each)}：请点此前收到的卡片" for each in rows]
    return "\n".join(["【公告待批准】", *lines]) if lines else ""
