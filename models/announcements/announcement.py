"""Announcements (公告): what many tenants are told at once, and who of them got, saw and signed it.

Invariants: an announcement is approved by another member than its author; each contact is told once; what is sent
never changes: it is recalled, and those who got it are told so.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.announcements.area import Area
from models.base import Base
from models.errors import UserError

WRITE, APPROVE = "announce.write", "announce.approve"
"""Permissions: who may draft, and who may approve what another has drafted."""
PLAIN, URGENT = "通知", "紧急通知"
"""Kinds beside the planned outages, whose names are those of `repair.shared`."""


class AnnouncementState(StrEnum):
    """Where it stands; the value is what people read."""

    SUBMITTED = "待批准"
    REJECTED = "未批准"
    APPROVED = "待发送"
    SENDING = "发送中"
    SENT = "已发送"
    RECALLING = "撤回中"
    RECALLED = "已撤回"


class Announcement(Base):
    """One announcement. kind: 通知, 紧急通知 or a shared installation that is shut down from `from_at` to `until_at`.

    area: where the outage is. audience: whom it is told to. sign: a signature is asked for. sms: those whose chat is
    closed get a pointer. send_at: not before. next_at: when the calendar has something to do about it next.
    told_through, recalled_through: the last contact that was dealt with. over_at: when the outage was found over.
    warned_at: when its author was reminded of the end.
    """

    __tablename__ = "announcement"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    body: Mapped[str]
    area: Mapped[dict[str, Any]]
    audience: Mapped[dict[str, Any]]
    from_at: Mapped[datetime | None]
    until_at: Mapped[datetime | None]
    sign: Mapped[bool] = mapped_column(default=False)
    sms: Mapped[bool] = mapped_column(default=True)
    send_at: Mapped[datetime | None]
    state: Mapped[AnnouncementState] = mapped_column(index=True)
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    told_through: Mapped[int] = mapped_column(default=0)
    recalled_through: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    over_at: Mapped[datetime | None]

    @property
    def subject(self) -> str:
        """The name other tables use for it."""
        return f"announcement:{self.id}"

    @property
    def is_outage(self) -> bool:
        """Whether something is shut down."""
        return self.from_at is not None

    @property
    def where(self) -> Area:
        """The area as a value."""
        return Area.from_json(self.area)

    @property
    def readers(self) -> Area:
        """The audience as a value."""
        return Area.from_json(self.audience)


class AnnouncementCopy(Base):
    """One contact's copy. code: the unguessable end of its page's address, short enough for a value of an SMS.

    way: how it was to go when it was sent: "kf", "sms", "wait", or "" for somebody who can not be reached.
    """

    __tablename__ = "announcement_copy"
    __table_args__ = (UniqueConstraint("announcement_id", "contact_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    way: Mapped[str]
    seen_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    signed_how: Mapped[str] = mapped_column(default="")


async def locked(session: AsyncSession, argument: str) -> Announcement:
    """The announcement behind a button or a number ("7", "G07"), locked. Raises UserError when there is none."""
    digits = argument.strip().upper().removeprefix("G").lstrip("0")
    number = int(digits) if digits.isdecimal() and digits.isascii() and len(digits) < 10 else 0
    found: Announcement | None = await session.scalar(
        select(Announcement).where(Announcement.number == f"G{number:02d}").with_for_update()
    )
    if found is None:
        raise UserError(f"没有找到公告 {argument.strip()[:20]}。发送“公告”看最近的公告。")
    return found


async def latest(session: AsyncSession, most: int) -> list[Announcement]:
    """The newest first."""
    rows = await session.scalars(select(Announcement).order_by(Announcement.id.desc()).limit(most))
    return list(rows)


async def copy_of(session: AsyncSession, announcement_id: int, contact_id: int) -> AnnouncementCopy | None:
    """What this contact was sent, locked."""
    found: AnnouncementCopy | None = await session.scalar(
        select(AnnouncementCopy)
        .where(AnnouncementCopy.announcement_id == announcement_id)
        .where(AnnouncementCopy.contact_id == contact_id)
        .with_for_update()
    )
    return found


async def announcement_stands(session: AsyncSession, argument: str) -> str:
    """Guard: what is recalled, or about an outage that is over, is not told any more."""
    found = await session.get(Announcement, int(argument), populate_existing=True)
    if found is None or found.state in (AnnouncementState.RECALLING, AnnouncementState.RECALLED):
        return "公告已撤回"
    return "停用已经结束" if found.over_at else ""
