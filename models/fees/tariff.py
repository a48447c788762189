"""Prices as they were valid on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.meter import Tariff


async def load_tariffs(session: AsyncSession) -> list[Tariff]:
    """The whole price list, newest first."""
    return list(await session.scalars(select(Tariff).order_by(Tariff.from_on.desc())))


def valid_tariff(tariffs: Sequence[Tariff], code: str, on: date) -> Tariff | None:
    """The price of an item on a day; `tariffs` newest first."""
    return next((each for each in tariffs if each.code == code and each.from_on <= on), None)


@dataclass(frozen=True, slots=True)
class Price:
    """What an item cost on a day. figure: the price as people write it."""

    tariff_id: int
    price_yuan: Decimal
    per: str
    figure: str


class PriceList:
    """The whole list for those who ask often: each (item, day) is looked up once."""

    def __init__(self, tariffs: Sequence[Tariff]) -> None:
        """`tariffs` newest first."""
        self._tariffs = tariffs
        self._known: dict[tuple[str, date], Price | None] = {}

    def on(self, code: str, day: date) -> Price | None:
        """The price of an item on a day, None where there is none."""
        key = (code, day)
        if key not in self._known:
            found = valid_tariff(self._tariffs, code, day)
            self._known[key] = _price(found) if found else None
        return self._known[key]


def _price(tariff: Tariff) -> Price:
    return Price(tariff.id, tariff.price_yuan, tariff.per, f"{tariff.price_yuan.normalize():f}")
