"""The ledger of 微信客服: we may answer for 48 h after a customer wrote, five messages at most (WeCom 94677)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

WINDOW = timedelta(hours=48)
MESSAGES = 5


class KfWindow(Base):
    """What one customer's window allows. `sent` counts since the customer last wrote."""

    __tablename__ = "kf_window"

    account: Mapped[str] = mapped_column(primary_key=True)
    last_inbound_at: Mapped[datetime]
    sent: Mapped[int] = mapped_column(default=0)

    def open_at(self, now: datetime) -> bool:
        """Whether a message sent now is allowed. A minute is kept in reserve for clocks that differ."""
        return self.sent < MESSAGES and now < self.last_inbound_at + WINDOW - timedelta(minutes=1)


class KfCursor(Base):
    """Up to where the messages of a KF account have been fetched."""

    __tablename__ = "kf_cursor"

    open_kfid: Mapped[str] = mapped_column(primary_key=True)
    cursor: Mapped[str]


async def note_inbound(session: AsyncSession, account: str, at: datetime) -> None:
    """The customer wrote: the window opens anew."""
    row = await session.get(KfWindow, account, with_for_update=True)
    if row is None:
        session.add(KfWindow(account=account, last_inbound_at=at, sent=0))
    elif at >= row.last_inbound_at:
        row.last_inbound_at, row.sent = at, 0


async def note_sent(session: AsyncSession, account: str) -> None:
    """One of the five is used."""
    await session.execute(
        update(KfWindow).where(KfWindow.account == account).values(sent=KfWindow.sent + 1)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


async def note_closed(session: AsyncSession, account: str) -> None:
    """The platform says that no more is allowed; believe it rather than our own count."""
    await session.execute(
        update(KfWindow).where(KfWindow.account == account).values(sent=MESSAGES)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
