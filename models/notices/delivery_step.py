"""Which steps of the delivery ladder a letter has been given to, and when [domain §6].

What leaves traces of its own (messages, parcels, signatures) is not repeated here: only that it was said again, that
a member was asked to bring or post it, or to trace the parcel.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.database import insert_new


class Rung(StrEnum):
    """A step. The value is what sign-off sheets and records say."""

    AGAIN = "再次通知"
    VISIT = "上门派发"
    POST = "邮寄"
    TRACE = "查询妥投"


class DeliveryStep(Base):
    """The letter came to this step on that day. steward: userid of who was asked, "" for all who deliver.

    reason: why that day, where it moved.
    """

    __tablename__ = "delivery_step"
    __table_args__ = (UniqueConstraint("notice_id", "rung", "reached_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    rung: Mapped[Rung]
    reached_on: Mapped[date]
    noted_at: Mapped[datetime]
    steward: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")


async def note_step(
    session: AsyncSession,
    notice_ids: Sequence[int],
    rung: Rung,
    on: date,
    now: datetime,
    *,
    steward: str = "",
    reason: str = "",
) -> None:
    """Writes down that these letters came to the step; once for each day."""
    step = {"rung": rung, "reached_on": on, "noted_at": now, "steward": steward, "reason": reason}
    await insert_new(session, DeliveryStep, [{"notice_id": notice_id, **step} for notice_id in notice_ids])


async def steps_of(session: AsyncSession, notice_ids: Sequence[int]) -> dict[int, list[DeliveryStep]]:
    """The steps of these letters, by notice id, in order of time."""
    found: dict[int, list[DeliveryStep]] = {}
    for step in await session.scalars(
        select(DeliveryStep)
        .where(DeliveryStep.notice_id.in_(notice_ids))
        .order_by(DeliveryStep.reached_on, DeliveryStep.id)
    ):
        found.setdefault(step.notice_id, []).append(step)
    return found
