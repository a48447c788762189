"""An interface that must not be called for a while: blocked by its provider, or not configured."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime
from models.database import insert_absent
from models.prepared import Prepared
from models.shortcut import ask


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


_PAUSED = Prepared(
    select(SendPause.api, SendPause.until, SendPause.reason).where(
        SendPause.until > bindparam("now", type_=UtcDateTime)
    )
)


async def pauses(session: AsyncSession, now: datetime) -> dict[str, SendPause]:
    """The interfaces that may not be called now; to be looked at, the session does not know them."""
    rows = await ask(session, _PAUSED, {"now": now})
    return {api: SendPause(api=api, until=until, reason=reason) for api, until, reason in rows}
