"""Up to where the messages of a 微信客服 account have been fetched, and which process is fetching now: one at a time for
each account (WeCom 94670).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.database import insert_absent
from models.lease import is_held

TURN = timedelta(seconds=15)
"""Longer than one page is waited for; who died or froze while fetching is replaced after this time."""


class KfCursor(Base):
    """cursor: "" before the first page. owner, lease_until: who is fetching. pulled_at: when it was fetched last."""

    __tablename__ = "kf_cursor"

    open_kfid: Mapped[str] = mapped_column(primary_key=True)
    cursor: Mapped[str]
    owner: Mapped[str] = mapped_column(default="")
    lease_until: Mapped[datetime | None]
    pulled_at: Mapped[datetime | None]


async def take_account(session: AsyncSession, open_kfid: str, owner: str, now: datetime) -> KfCursor | None:
    """The account, for this process to fetch from; None while another one does."""
    await insert_absent(session, KfCursor, [{"open_kfid": open_kfid, "cursor": "", "owner": ""}])
    row = await session.get_one(KfCursor, open_kfid, with_for_update=True, populate_existing=True)
    if is_held(row.lease_until, now, TURN) and row.owner != owner:
        return None
    row.owner, row.lease_until = owner, now + TURN
    return row


async def move_on(session: AsyncSession, open_kfid: str, owner: str, cursor: str, now: datetime) -> bool:
    """The page before this cursor is stored, and the turn goes on. False when another process has taken over."""
    row = await session.get_one(KfCursor, open_kfid, with_for_update=True, populate_existing=True)
    if row.owner != owner or row.lease_until is None:
        return False
    row.cursor, row.lease_until = cursor, now + TURN
    return True


async def leave_account(session: AsyncSession, open_kfid: str, owner: str, now: datetime) -> None:
    """This process has fetched what there was, or could not."""
    row = await session.get_one(KfCursor, open_kfid, with_for_update=True, populate_existing=True)
    if row.owner == owner:
        row.lease_until, row.pulled_at = None, now


async def last_pulled(session: AsyncSession, open_kfid: str) -> datetime | None:
    """When any process has fetched last; None for never."""
    row = await session.get(KfCursor, open_kfid)
    return row.pulled_at if row else None
