"""The platform's access token, one for all processes: a token fetched by one may void that of another (WeCom 91039).

Whoever finds it missing, too old or refused takes the turn, asks the platform outside of any transaction, and puts the
new one here. The token is sealed by whoever keeps it (bot/wecom/shared_token.py): who reads the table can not use it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.database import insert_absent
from models.lease import is_held

TURN = timedelta(seconds=15)
"""Longer than the platform is waited for; who died while asking is replaced after this time."""


class AccessToken(Base):
    """The token of one application under one secret. owner, lease_until: who is asking for a new one now."""

    __tablename__ = "access_token"

    name: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[str] = mapped_column(default="")
    valid_until: Mapped[datetime | None]
    owner: Mapped[str] = mapped_column(default="")
    lease_until: Mapped[datetime | None]


async def kept_token(session: AsyncSession, name: str) -> AccessToken | None:
    """What is kept under that name."""
    return await session.get(AccessToken, name)


async def take_turn(session: AsyncSession, name: str, owner: str, seen: str, now: datetime) -> bool:
    """Whether this process is to ask for a new token. Not where another is at it, or has put one there since `seen`.

    seen: what was kept when it was looked at last, sealed; "" for nothing.
    """
    await insert_absent(session, AccessToken, [{"name": name, "sealed": "", "owner": ""}])
    row = await session.get_one(AccessToken, name, with_for_update=True, populate_existing=True)
    busy = row.owner != owner and is_held(row.lease_until, now, TURN)
    if busy or row.sealed != seen:
        return False
    row.owner, row.lease_until = owner, now + TURN
    return True


async def put_token(session: AsyncSession, name: str, owner: str, sealed: str, valid_until: datetime) -> None:
    """Keeps a new one and ends the turn; nothing where the turn was lost to another meanwhile."""
    row = await session.get_one(AccessToken, name, with_for_update=True, populate_existing=True)
    if row.owner == owner and row.lease_until is not None:
        row.sealed, row.valid_until, row.lease_until = sealed, valid_until, None


async def end_turn(session: AsyncSession, name: str, owner: str) -> None:
    """Nothing came of it: the next one may try."""
    row = await session.get_one(AccessToken, name, with_for_update=True, populate_existing=True)
    if row.owner == owner:
        row.lease_until = None
