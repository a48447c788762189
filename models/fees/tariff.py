"""Prices as they were valid on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.meter import Tariff


async def load_tariffs(session: AsyncSession) -> list[Tariff]:
    """The whole price list, newest first."""
    return list(await session.scalars(select(Tariff).order_by(Tariff.from_on.desc())))


def valid_tariff(tariffs: Sequence[Tariff], code: str, on: date) -> Tariff | None:
    """The price of an item on a day; `tariffs` newest first."""
    return next((each for each in tariffs if each.code == code and each.from_on <= on), None)
