"""月结: a month's fee papers on their way from the cashier over the review into the archive [manual flow chart: 月初]."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.calendar.period import Month


class CloseStatus(StrEnum):
    """review → returned (with questions) → review → approved → sealed."""

    REVIEW = "review"
    RETURNED = "returned"
    APPROVED = "approved"
    SEALED = "sealed"

    @property
    def words(self) -> str:
        """As people call it."""
        return {"review": "待审核", "returned": "已退回", "approved": "已通过，等待归档", "sealed": "已归档"}[
            self
        ]


class MonthClose(Base):
    """The close of one month. One row per month; `round` counts how often it was handed in.

    facts: the voucher summary as it was handed in (models.closing.summary): what is reviewed is what is kept.
    file_name, sha256, size_bytes: of the archive, once sealed. fault: why the last try to seal it failed.
    owner, lease_until: the process that is sealing it now.
    """

    __tablename__ = "month_close"

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(unique=True)
    status: Mapped[CloseStatus]
    round: Mapped[int]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    reviewed_by: Mapped[str] = mapped_column(default="")
    reviewed_at: Mapped[datetime | None]
    owner: Mapped[str] = mapped_column(default="")
    lease_until: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(default="")
    file_name: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str] = mapped_column(default="")
    size_bytes: Mapped[int] = mapped_column(default=0)
    sealed_at: Mapped[datetime | None]

    @property
    def subject(self) -> str:
        """The name other tables use for it."""
        return f"close:{self.id}"

    @property
    def period(self) -> Month:
        """The month as a value."""
        year, month = self.month.split("-")
        return Month(int(year), int(month))


class CloseQuestion(Base):
    """What the reviewer wants to know, and what the cashier answered. round: the hand-in it is about."""

    __tablename__ = "close_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    close_id: Mapped[int] = mapped_column(ForeignKey("month_close.id"), index=True)
    round: Mapped[int]
    question: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="")
    answered_by: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]


async def close_of(session: AsyncSession, month: Month, *, lock: bool = False) -> MonthClose | None:
    """The close of that month, if it was begun."""
    query = select(MonthClose).where(MonthClose.month == str(month))
    found: MonthClose | None = await session.scalar(query.with_for_update() if lock else query)
    return found


async def questions_of(session: AsyncSession, close_id: int) -> list[CloseQuestion]:
    """All questions in the order in which they were asked."""
    rows = await session.scalars(
        select(CloseQuestion).where(CloseQuestion.close_id == close_id).order_by(CloseQuestion.id)
    )
    return list(rows)
