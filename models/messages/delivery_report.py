"""What a provider reported of a message after it took it, kept as it came in: evidence for letters [domain §6]."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class DeliveryReport(Base):
    """One report. raw: the callback's own fields, unchanged. The same report repeated is kept once."""

    __tablename__ = "delivery_report"
    __table_args__ = (UniqueConstraint("outbox_id", "success", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), index=True)
    success: Mapped[bool]
    code: Mapped[str]
    received_at: Mapped[datetime]
    raw: Mapped[dict[str, Any]]


async def reports_on(session: AsyncSession, outbox_ids: Sequence[int]) -> dict[int, list[DeliveryReport]]:
    """The reports on these messages, by outbox id, oldest first."""
    found: dict[int, list[DeliveryReport]] = {}
    for report in await session.scalars(
        select(DeliveryReport).where(DeliveryReport.outbox_id.in_(outbox_ids)).order_by(DeliveryReport.id)
    ):
        found.setdefault(report.outbox_id, []).append(report)
    return found
