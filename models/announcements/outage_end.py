"""The end of an outage: asked for before it comes, told once to those who wanted to know, put off where need be."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.announcements.announcement import Announcement, AnnouncementState
from models.announcements.outage_answer import OutageAnswer
from models.announcements.span import span_text
from models.announcements.words import clock_words, short, what_happens
from models.calendar.quiet import next_allowed
from models.errors import UserError
from models.messages.content import Button, Content
from models.messages.tell import close_cards, tell_contact, tell_staff
from models.people.staff import Staff
from models.people.tenant import Contact
from models.rules import Rules

CHUNK = 50
_GOES_ON = (AnnouncementState.APPROVED, AnnouncementState.SENDING, AnnouncementState.SENT)


def next_look(announcement: Announcement, now: datetime, rules: Rules) -> datetime | None:
    """When the calendar looks at a sent announcement again: before the end of its outage, and at it."""
    if announcement.until_at is None or announcement.over_at is not None:
        return None
    warn_at = announcement.until_at - timedelta(minutes=rules.announcements.warn_before_min)
    return warn_at if announcement.warned_at is None and warn_at > now else announcement.until_at


async def watch_end(session: AsyncSession, announcement: Announcement, now: datetime, rules: Rules) -> None:
    """Asks the author while there is time; at the planned end tells those who wait, 50 in a transaction."""
    if announcement.until_at is not None and now < announcement.until_at:
        await _ask_author(session, announcement, now)
        announcement.warned_at = now
        announcement.next_at = announcement.until_at
        return
    await finish(session, announcement, now, rules)


async def _ask_author(session: AsyncSession, announcement: Announcement, now: datetime) -> None:
    rows = await session.scalars(select(Staff).where(Staff.userid == announcement.made_by, Staff.active))
    until = announcement.until_at or now
    content = Content(
        title=f"{announcement.number} 即将结束",
        text=(
            f"{short(announcement)}\n计划 {clock_words(until, now)} 结束。已恢复请点按钮；要延后请发"
            f"“公告改期 {announcement.number} 到 18:00”。到点没有改期，就通知等消息的租户。"
        ),
        buttons=(Button(f"outage_over:{announcement.number}", "已恢复"),),
    )
    key = f"{announcement.subject}:end:{until.isoformat()}"
    await tell_staff(session, rows.all(), key, content, now=now, subject=f"{announcement.subject}:end")


async def finish(session: AsyncSession, announcement: Announcement, now: datetime, rules: Rules) -> None:
    """The outage is over: before its planned end somebody has said so, at it only the time has come."""
    announcement.over_at = announcement.over_at or now
    restored = announcement.over_at < (announcement.until_at or now)
    planned = f"的时间已到（{clock_words(announcement.until_at or now, now)}）"
    text = (
        f"{announcement.where.label}{what_happens(announcement.kind)}{'已经恢复' if restored else planned}，"
        f"公告 {announcement.number}。仍有问题请直接发“报修”加一句说明。"
    )
    more = await _tell_waiting(session, announcement, text, "over", now, rules, final=True)
    announcement.next_at = now if more else None
    await close_cards(session, f"{announcement.subject}:end", "已恢复" if restored else "已到时间", now)


async def put_off(
    session: AsyncSession,
    announcement: Announcement,
    from_at: datetime,
    until_at: datetime,
    now: datetime,
    rules: Rules,
) -> None:
    """Another time; those who wait for the end hear of it. Raises UserError where nothing is running."""
    if not announcement.is_outage or announcement.state not in _GOES_ON or announcement.over_at is not None:
        raise UserError(f"{announcement.number} 不是进行中的停用公告，不能改期。")
    announcement.from_at, announcement.until_at, announcement.warned_at = from_at, until_at, None
    if announcement.state is AnnouncementState.SENT:
        announcement.next_at = next_look(announcement, now, rules)
    await close_cards(session, f"{announcement.subject}:end", "已改期", now)
    text = (
        f"{announcement.where.label}{what_happens(announcement.kind)}改为 {span_text(from_at, until_at)}"
        f"（公告 {announcement.number}）。恢复后会再告诉您。"
    )
    await _tell_waiting(session, announcement, text, f"off:{until_at.isoformat()}", now, rules, final=False)


async def _tell_waiting(
    session: AsyncSession,
    announcement: Announcement,
    text: str,
    step: str,
    now: datetime,
    rules: Rules,
    *,
    final: bool,
) -> bool:
    """Everybody who asked to be told, outside the quiet hours; whether some are left for the next transaction."""
    query = (
        select(OutageAnswer, Contact)
        .join(Contact, Contact.id == OutageAnswer.contact_id)
        .where(OutageAnswer.announcement_id == announcement.id, OutageAnswer.wants_word)
        .where(OutageAnswer.told_at.is_(None))
        .order_by(OutageAnswer.id)
        .with_for_update(of=OutageAnswer)
    )
    rows = list(await session.execute(query.limit(CHUNK) if final else query))
    quiet = rules.calendar
    due_at = next_allowed(now, quiet.quiet_from, quiet.quiet_until)
    for answer, contact in rows:
        if final:
            answer.told_at = now
        await tell_contact(
            session, contact, f"{announcement.subject}:{step}", Content(text=text), now=now,
            account=answer.account, subject=f"{announcement.subject}:end", due_at=due_at,
        )  # fmt: skip
    return final and len(rows) == CHUNK


async def report_restored(
    session: AsyncSession, announcement: Announcement, now: datetime, rules: Rules
) -> None:
    """Somebody says that it works again. Raises UserError where nothing was shut down, or it is over already."""
    if not announcement.is_outage or announcement.state not in _GOES_ON:
        raise UserError(f"{announcement.number} 不是进行中的停用公告。发送“公告”看最近的公告。")
    if announcement.over_at is not None:
        raise UserError(f"{announcement.number} 的停用已经结束，等消息的租户已告知。")
    await finish(session, announcement, now, rules)
