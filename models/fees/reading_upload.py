"""The link with which one member hands in a month's readings as a spreadsheet, and the files that came over it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.calendar.period import Month
from models.people.staff import Staff

MAY = "fees.read_meters"
_TOKEN_BYTES = 32


class ReadingLink(Base):
    """For one member and one month. Only the SHA-256 of the token is kept: who reads the database can not use it."""

    __tablename__ = "reading_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    month: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ReadingUpload(Base):
    """One file that was taken. The same bytes for the same month are one upload.

    outcome: what became of the rows, as the page shows it (models.fees.reading_sheet.Outcome).
    """

    __tablename__ = "reading_upload"
    __table_args__ = (UniqueConstraint("month", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("reading_link.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    month: Mapped[str]
    sha256: Mapped[str]
    name: Mapped[str]
    uploaded_at: Mapped[datetime]
    outcome: Mapped[dict[str, Any]]


async def open_link(session: AsyncSession, member: Staff, month: Month, now: datetime, hours: int) -> str:
    """A new token for the member and the month; earlier ones of the same member and month end here."""
    await session.execute(
        update(ReadingLink)
        .where(ReadingLink.staff_id == member.id, ReadingLink.month == str(month))
        .where(ReadingLink.expires_at > now)
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    link = ReadingLink(
        token_sha256=_digest(token), staff_id=member.id, month=str(month), made_at=now,
        expires_at=now + timedelta(hours=hours),
    )  # fmt: skip
    session.add(link)
    await session.flush()
    return token


async def link_by_token(session: AsyncSession, token: str, now: datetime) -> tuple[ReadingLink, Staff] | None:
    """The link and whose it is; None for a wrong or expired one, or a member who has left."""
    found = await session.execute(
        select(ReadingLink, Staff)
        .join(Staff, Staff.id == ReadingLink.staff_id)
        .where(ReadingLink.token_sha256 == _digest(token), ReadingLink.expires_at > now, Staff.active)
    )
    row = found.first()
    return (row[0], row[1]) if row else None


async def uploads_of(session: AsyncSession, staff_id: int, month: str) -> list[ReadingUpload]:
    """What the member handed in for the month, newest first."""
    rows = (
        select(ReadingUpload)
        .where(ReadingUpload.staff_id == staff_id, ReadingUpload.month == month)
        .order_by(ReadingUpload.id.desc())
    )
    return list(await session.scalars(rows))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
