"""What has been sent up the dunning ladder, and what holds it: a promise (承诺) or a dispute (异议)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class DunningStep(Base):
    """A letter that was sent about a bill. One per (bill, rung)."""

    __tablename__ = "dunning_step"
    __table_args__ = (UniqueConstraint("bill_id", "rung"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"))
    rung: Mapped[str]
    sent_on: Mapped[date]
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))


class DunningPause(Base):
    """No letters until `until_on` (that day included), unless lifted before. `kind`: "承诺" or "异议"."""

    __tablename__ = "dunning_pause"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    kind: Mapped[str]
    until_on: Mapped[date]
    reason: Mapped[str]
    owner: Mapped[str]
    created_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]


async def paused_until(session: AsyncSession, tenant_id: int, today: date) -> date | None:
    """The last day of the pause that runs today, None when none does."""
    rows = await session.scalars(
        select(DunningPause.until_on).where(
            DunningPause.tenant_id == tenant_id,
            DunningPause.lifted_at.is_(None),
            DunningPause.until_on >= today,
        )
    )
    return max(rows, default=None)
