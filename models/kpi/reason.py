"""Why a target was missed, as staff noted it [manual 5.x: each miss has a reason]."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.kpi.measure import Measure


class MissReason(Base):
    """The reason of one miss. item: what was missed, by the number people know it by ("JF-202603-0001", "SK-202604-0002").

    code: one of `kpi.reasons`; note: more in the person's words.
    """

    __tablename__ = "miss_reason"

    id: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    set_by: Mapped[str]
    set_at: Mapped[datetime]


async def reasons_of(session: AsyncSession, items: Iterable[str]) -> dict[str, MissReason]:
    """The reasons noted for these items."""
    rows = await session.scalars(select(MissReason).where(MissReason.item.in_(list(items))))
    return {row.item: row for row in rows}


async def explained(session: AsyncSession, found: Measure) -> Measure:
    """The measure with the reason of each miss."""
    noted = await reasons_of(session, [miss.item for miss in found.misses])
    return replace(
        found, misses=[replace(miss, reason=_words(noted.get(miss.item))) for miss in found.misses]
    )


def _words(reason: MissReason | None) -> str:
    if reason is None:
        return ""
    return f"{reason.code}（{reason.note}）" if reason.note else reason.code
