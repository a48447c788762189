"""An announcement that nobody has approved: asked for once more, and given up when what it tells of is over [practice]."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.announcements.announcement import APPROVE, Announcement, AnnouncementState
from models.announcements.deciding import approval_buttons, author_name, tell_author
from models.announcements.words import clock_words, short
from models.messages.content import Content
from models.messages.tell import close_cards, tell_staff
from models.people.staff import Staff, on_shift_first, staff_who_may
from models.rules import Rules


async def watch_approval(
    session: AsyncSession, announcement: Announcement, now: datetime, rules: Rules
) -> None:
    """Asks those on shift who may approve once more; when the outage is over, nobody needs the announcement any more."""
    if announcement.until_at is not None and announcement.until_at <= now:
        await _give_up(session, announcement, now)
        return
    everybody = await staff_who_may(session, APPROVE, rules)
    approvers = [member for member in everybody if member.userid != announcement.made_by]
    asked = on_shift_first(approvers, now, rules)
    await _ask_again(session, announcement, asked, now)
    names = "、".join(member.name for member in asked) or "有批准权限的同事"
    await tell_author(session, announcement, f"还没有人批准，已再次提醒{names}。着急请直接联系。", now)
    announcement.next_at = announcement.until_at


async def _ask_again(
    session: AsyncSession, announcement: Announcement, asked: list[Staff], now: datetime
) -> None:
    start = announcement.send_at or announcement.from_at
    planned = (
        f"{'计划' if announcement.send_at else '停用'} {clock_words(start, now)} 开始，" if start else ""
    )
    text = (
        f"{short(announcement)}\n{planned}{await author_name(session, announcement)}"
        f" {clock_words(announcement.made_at, now)} 提交，还没有人批准。全文见此前的卡片，或发“公告 {announcement.number}”。"
    )
    content = Content(
        title=f"请尽快批准公告 {announcement.number}", text=text, buttons=approval_buttons(announcement)
    )
    await tell_staff(
        session, asked, f"{announcement.subject}:ask:again", content, now=now, subject=announcement.subject,
        guard=f"announcement_asked:{announcement.id}",
    )  # fmt: skip


async def _give_up(session: AsyncSession, announcement: Announcement, now: datetime) -> None:
    announcement.state, announcement.next_at = AnnouncementState.RECALLED, None
    announcement.reason = "到停用结束还没有人批准，没有发出"
    await close_cards(session, announcement.subject, "已过期", now)
    await tell_author(session, announcement, announcement.reason + "。", now)
