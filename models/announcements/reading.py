"""Who has read an announcement and signed for it, in chat or on its page."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.announcements.announcement import Announcement, AnnouncementCopy
from models.audit.entry import record

_CODE = re.compile(r"[0-9A-Za-z]{16}", re.ASCII)
READABLE_FOR = timedelta(days=90)
"""The page of an announcement answers so long after it was written [practice]."""


async def copy_by_code(
    session: AsyncSession, code: str, now: datetime
) -> tuple[Announcement, AnnouncementCopy] | None:
    """What a link leads to; None for a wrong or old one, which are not told apart."""
    if not _CODE.fullmatch(code):
        return None
    row = (
        await session.execute(
            select(Announcement, AnnouncementCopy)
            .join(AnnouncementCopy, AnnouncementCopy.announcement_id == Announcement.id)
            .where(AnnouncementCopy.code == code, Announcement.made_at > now - READABLE_FOR)
        )
    ).first()
    return (row[0], row[1]) if row else None


async def note_read(
    session: AsyncSession, announcement: Announcement, copy: AnnouncementCopy, how: str, now: datetime
) -> bool:
    """Seen, and signed where a signature is asked for; whether this was the first time. `copy` is locked."""
    copy.seen_at = copy.seen_at or now
    if not announcement.sign or copy.signed_at is not None:
        return False
    copy.signed_at, copy.signed_how = now, how
    await record(
        session, actor=f"contact:{copy.contact_id}", action="announcement.sign", subject=announcement.subject,
        now=now, detail={"number": announcement.number, "how": how},
    )  # fmt: skip
    return True


async def note_seen(session: AsyncSession, copy_id: int, now: datetime) -> None:
    """The page was opened."""
    copy = await session.get_one(AnnouncementCopy, copy_id, with_for_update=True)
    copy.seen_at = copy.seen_at or now
