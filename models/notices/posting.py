"""Letters that went by post, with the number they can be traced by [manual ¶4.6.6: 邮寄]."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.database import insert_new
from models.notices.notice import Notice


class Posting(Base):
    """One parcel with a letter in it. Sent is not received: a signature follows, or the tracking result."""

    __tablename__ = "posting"
    __table_args__ = (UniqueConstraint("notice_id", "tracking"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    tracking: Mapped[str]
    posted_by: Mapped[str]
    posted_at: Mapped[datetime]


async def note_posting(
    session: AsyncSession, notice: Notice, tracking: str, userid: str, now: datetime
) -> bool:
    """Writes the tracking number down; False when it was there already."""
    row = {"notice_id": notice.id, "tracking": tracking, "posted_by": userid, "posted_at": now}
    return bool(await insert_new(session, Posting, [row]))
