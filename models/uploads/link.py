"""A link over which one member hands in a file: WeCom gives files to no application, so a page takes them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.people.staff import Staff

_TOKEN_BYTES = 32


class UploadKind(StrEnum):
    """What the file is."""

    STATEMENT = "statement"
    INVOICE = "invoice"

    @property
    def may(self) -> str:
        """The permission its holder needs, when it is given and whenever it is used."""
        return "fees.bank" if self is UploadKind.STATEMENT else "fees.invoice"


class UploadLink(Base):
    """For one member and one purpose. Only the SHA-256 of the token is kept: who reads the database can not use it.

    outcome: what became of the last file, as the page shows it: {"name", "text", "bad"}; {} before.
    """

    __tablename__ = "upload_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    kind: Mapped[UploadKind]
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)


async def open_upload(
    session: AsyncSession,
    member: Staff,
    kind: UploadKind,
    now: datetime,
    hours: int,
    *,
    invoice_id: int | None = None,
) -> str:
    """A new token for the member."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    session.add(
        UploadLink(
            token_sha256=_digest(token), staff_id=member.id, kind=kind, invoice_id=invoice_id, made_at=now,
            expires_at=now + timedelta(hours=hours), outcome={},
        )
    )  # fmt: skip
    await session.flush()
    return token


async def upload_by_token(
    session: AsyncSession, token: str, now: datetime
) -> tuple[UploadLink, Staff] | None:
    """The link and whose it is; None for a wrong or expired one, or a member who has left."""
    found = await session.execute(
        select(UploadLink, Staff)
        .join(Staff, Staff.id == UploadLink.staff_id)
        .where(UploadLink.token_sha256 == _digest(token), UploadLink.expires_at > now, Staff.active)
    )
    row = found.first()
    return (row[0], row[1]) if row else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
