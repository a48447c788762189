"""Pictures and files people sent. The bytes lie in the store under their SHA-256; the platform keeps them three days."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime
from models.prepared import Prepared
from models.shortcut import ask

LOOSE_FOR = timedelta(minutes=30)
"""A picture sent this long before or after a report belongs to it [practice]."""


class Media(Base):
    """One received file. `subject` says what it belongs to ("case:<id>"), "" while it lies loose."""

    __tablename__ = "media"

    id: Mapped[int] = mapped_column(primary_key=True)
    inbox_id: Mapped[int] = mapped_column(unique=True)
    channel: Mapped[str]
    sender: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    name: Mapped[str]
    content_type: Mapped[str]
    sha256: Mapped[str]
    size_bytes: Mapped[int]
    received_at: Mapped[datetime]
    subject: Mapped[str] = mapped_column(default="", index=True)
    purpose: Mapped[str] = mapped_column(default="")


_IS_LOOSE = and_(
    Media.channel == bindparam("through"),
    Media.sender == bindparam("who"),
    Media.subject == "",
    Media.received_at > bindparam("since", type_=UtcDateTime),
)
_ANY_LOOSE = Prepared(select(Media.id).where(_IS_LOOSE).limit(1))
_LOOSE = select(Media).where(_IS_LOOSE).order_by(Media.id).with_for_update()


async def loose(session: AsyncSession, channel: str, sender: str, now: datetime) -> list[Media]:
    """What the sender sent lately that belongs to nothing yet, oldest first. Mostly there is nothing."""
    which = {"through": channel, "who": sender, "since": now - LOOSE_FOR}
    if not await ask(session, _ANY_LOOSE, which):
        return []
    return list(await session.scalars(_LOOSE, which))


async def attached(session: AsyncSession, subject: str) -> list[Media]:
    """What belongs to a subject, oldest first."""
    return list(await session.scalars(select(Media).where(Media.subject == subject).order_by(Media.id)))
