"""Who did what, when, through which message. Append-only; each entry carries the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.sequence import next_number


class AuditEntry(Base):
    """One act. `number` counts without gaps; `hash` covers everything here and the hash before."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]]
    message_key: Mapped[str]
    previous: Mapped[str]
    hash: Mapped[str]

    def fingerprint(self) -> str:
        """What `hash` must be."""
        fields = [
            self.number, self.at.isoformat(), self.actor, self.action,
            self.subject, self.detail, self.message_key, self.previous,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(fields, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


async def record(
    session: AsyncSession,
    *,
    actor: str,
    action: str,
    subject: str,
    now: datetime,
    detail: dict[str, Any] | None = None,
    message_key: str = "",
) -> None:
    """Adds an entry; writers take turns, because each needs the hash of the one before."""
    number = await next_number(session, "audit")
    before = await session.scalar(_HASH, {"of": number - 1})
    values: dict[str, Any] = {
        "number": number, "at": now, "actor": actor, "action": action, "subject": subject,
        "detail": detail or {}, "message_key": message_key, "previous": before or "",
    }  # fmt: skip
    entry = AuditEntry(**values)
    await session.execute(_ADD, {**values, "hash": entry.fingerprint()})


_TABLE: Table = AuditEntry.__table__  # type: ignore[assignment]  # declarative classes map plain tables here
_HASH = select(AuditEntry.hash).where(AuditEntry.number == bindparam("of"))
_ADD = insert(_TABLE)


async def first_break(session: AsyncSession) -> int | None:
    """The number of the first entry that was changed, removed or put in; None when the chain holds."""
    expected, previous = 1, ""
    async for entry in await session.stream_scalars(select(AuditEntry).order_by(AuditEntry.number)):
        if entry.number != expected or entry.previous != previous or entry.hash != entry.fingerprint():
            return expected
        expected, previous = expected + 1, entry.hash
    return None
