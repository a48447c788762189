"""What an announcement says: to tenants in chat, on its page, and to staff in a list."""

from __future__ import annotations

from datetime import datetime

from models.announcements.announcement import PLAIN, URGENT, Announcement
from models.announcements.span import span_text
from models.clock import local
from models.rules import Rules

_SHORT = 24


def title_of(kind: str) -> str:
    """停水 is 停水通知; 电梯 is 电梯停用通知."""
    if kind in (PLAIN, URGENT):
        return kind
    return f"{kind}通知" if kind.startswith("停") else f"{kind}停用通知"


def what_happens(kind: str) -> str:
    """计划停水, 计划停用电梯."""
    return f"计划{kind}" if kind.startswith("停") else f"{kind}计划停用"


def lines_of(announcement: Announcement) -> list[str]:
    """The facts and the words, without the headline."""
    lines = []
    if announcement.from_at and announcement.until_at:
        lines.append(f"范围：{announcement.where.label}")
        lines.append(f"时间：{span_text(announcement.from_at, announcement.until_at)}")
    return [*lines, announcement.body]


def tenant_text(announcement: Announcement, rules: Rules) -> str:
    """As a tenant reads it in chat."""
    head = f"【{title_of(announcement.kind)}】{announcement.number}"
    tail = f"{rules.park.centre}，电话 {rules.park.phone}"
    return "\n".join([head, *lines_of(announcement), tail])


def short(announcement: Announcement) -> str:
    """A few words by which people know it again."""
    body = announcement.body.replace("\n", " ")
    cut = body if len(body) <= _SHORT else body[: _SHORT - 1] + "…"
    where = f" {announcement.where.label}" if announcement.is_outage else ""
    return f"{title_of(announcement.kind)}{where}：{cut}"


def state_text(announcement: Announcement) -> str:
    """Where it stands, an outage with its end."""
    if announcement.over_at:
        return f"{announcement.state}，停用已结束"
    return announcement.state.value


def clock_words(at: datetime, now: datetime) -> str:
    """ "16:00" today, else "3月18日 16:00"."""
    here = local(at)
    same = here.date() == local(now).date()
    return f"{here:%H:%M}" if same else f"{here.month}月{here.day}日 {here:%H:%M}"
