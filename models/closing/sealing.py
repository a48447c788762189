"""Which close is to be sealed, by whom, and what became of it. The archive itself is made at the rim."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.audit.entry import record
from models.closing.close import CloseStatus, MonthClose
from models.closing.close_cards import tell_sealed
from models.messages.alarm import alarm
from models.rules import Rules

LEASE = timedelta(seconds=50)
"""A process that died or froze is replaced after this time; one that lives renews it while it works."""
RETRY = timedelta(minutes=10)
"""What failed is tried again after this time."""


def to_seal(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Closes that have passed their review and nobody is at."""
    return and_(
        MonthClose.status == CloseStatus.APPROVED,
        or_(MonthClose.lease_until.is_(None), MonthClose.lease_until <= now),
    )


async def waiting(session: AsyncSession, now: datetime) -> bool:
    """Whether there is anything to seal."""
    return await session.scalar(select(MonthClose.id).where(to_seal(now)).limit(1)) is not None


async def claim_approved(session: AsyncSession, owner: str, now: datetime) -> MonthClose | None:
    """The oldest approved close nobody is at, for this process; None when there is none."""
    close: MonthClose | None = await session.scalar(
        select(MonthClose)
        .where(to_seal(now))
        .order_by(MonthClose.month)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if close:
        close.owner, close.lease_until = owner, now + LEASE
    return close


async def renew_seal(session: AsyncSession, close_id: int, owner: str, now: datetime) -> bool:
    """Keeps the close for this process; False when another has taken it over meanwhile."""
    close = await session.get_one(MonthClose, close_id, with_for_update=True, populate_existing=True)
    if close.status is not CloseStatus.APPROVED or close.owner != owner:
        return False
    close.lease_until = now + LEASE
    return True


async def note_sealed(
    session: AsyncSession, close_id: int, owner: str, now: datetime, *, file_name: str, facts: dict[str, Any]
) -> bool:
    """The archive is complete: its digest goes into the audit chain. False when another process took over meanwhile.

    facts: sha256, size_bytes, files, manifest_sha256.
    """
    close = await session.get_one(MonthClose, close_id, with_for_update=True, populate_existing=True)
    if close.status is not CloseStatus.APPROVED or close.owner != owner:
        return False
    close.status, close.sealed_at, close.fault, close.lease_until = CloseStatus.SEALED, now, "", None
    close.file_name, close.sha256, close.size_bytes = file_name, facts["sha256"], facts["size_bytes"]
    await record(
        session,
        actor="system",
        action="archive.seal",
        subject=close.subject,
        now=now,
        detail={"month": close.month, "file": file_name, **facts},
    )
    await tell_sealed(session, close, int(facts["files"]), now)
    return True


async def note_failed(
    session: AsyncSession, close_id: int, owner: str, fault: str, now: datetime, rules: Rules
) -> None:
    """It could not be sealed; whoever runs the service is told, and it is tried again later."""
    close = await session.get_one(MonthClose, close_id, with_for_update=True, populate_existing=True)
    if close.status is not CloseStatus.APPROVED or close.owner != owner:
        return
    close.fault, close.lease_until = fault[:500], now + RETRY
    text = f"{close.period.label}月结已审核通过，但还没有归档：{fault}处理后系统会自动重试。"
    await alarm(session, f"archive:{close.month}", text, now, rules)
