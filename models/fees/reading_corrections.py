"""A reading put right before it was billed: what stood there before is kept, and who changed it when [manual ¶5.5]."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.meter import Reading, ReadingCorrection


def note_correction(session: AsyncSession, row: Reading, value: Decimal, by: str, now: datetime) -> None:
    """Keeps the old value; to be called before the row changes. An estimate that is read after all was no mistake."""
    if row.estimated or row.value == value:
        return
    session.add(
        ReadingCorrection(
            reading_id=row.id,
            month=row.month,
            old_value=row.value,
            new_value=value,
            old_entered_by=row.entered_by,
            old_read_at=row.read_at,
            corrected_by=by,
            corrected_at=now,
            in_question=not row.confirmed,
        )
    )


async def corrections_of(
    session: AsyncSession, reading_ids: Sequence[int]
) -> dict[int, list[ReadingCorrection]]:
    """By reading id, oldest first."""
    found: dict[int, list[ReadingCorrection]] = {}
    for row in await session.scalars(
        select(ReadingCorrection)
        .where(ReadingCorrection.reading_id.in_(reading_ids))
        .order_by(ReadingCorrection.id)
    ):
        found.setdefault(row.reading_id, []).append(row)
    return found
