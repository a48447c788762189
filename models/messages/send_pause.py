"""An interface that must not be called for a while: blocked by its provider, or not configured."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.database import insert_absent


class SendPause(Base):
    """`api` as it is called ("message/send", "kf/send_msg", "sms/send")."""

    __tablename__ = "send_pause"

    api: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]
    reason: Mapped[str]


async def pause(session: AsyncSession, api: str, until: datetime, reason: str) -> None:
    """Nobody calls the interface before `until`; the queue is kept. A later end stands."""
    await insert_absent(session, SendPause, [{"api": api, "until": until, "reason": reason}])
    await session.execute(
        update(SendPause).where(SendPause.api == api, SendPause.until < until).values(until=until, reason=reason)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


_PAUSED = select(SendPause).where(SendPause.until > bindparam("now"))


async def pauses(session: AsyncSession, now: datetime) -> dict[str, SendPause]:
    """The interfaces that may not be called now."""
    rows = await session.scalars(_PAUSED, {"now": now})
    return {row.api: row for row in rows}
