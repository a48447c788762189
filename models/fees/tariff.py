"""Prices as they were valid on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

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


class PricedDays(NamedTuple):
    """Days that follow each other and have one price; None where none is known. days: how many, both ends included."""

    first: date
    last: date
    days: int
    price: Price | None


def priced_days(first: date, last: date, price: Price | None) -> PricedDays:
    """From one day to another."""
    return PricedDays(first, last, (last - first).days + 1, price)


class PriceList:
    """The whole list for those who ask often: each (item, day) and (item, days) is looked up once."""

    def __init__(self, tariffs: Sequence[Tariff]) -> None:
        """`tariffs` newest first."""
        self._tariffs = tariffs
        self._known: dict[tuple[str, date], Price | None] = {}
        self._over: dict[tuple[str, date, date], list[PricedDays]] = {}

    def on(self, code: str, day: date) -> Price | None:
        """The price of an item on a day, None where there is none."""
        key = (code, day)
        if key not in self._known:
            found = valid_tariff(self._tariffs, code, day)
            self._known[key] = _price(found) if found else None
        return self._known[key]

    def over(self, code: str, first: date, last: date) -> list[PricedDays]:
        """The days from first to last, cut where the price changes; several only where it does."""
        key = (code, first, last)
        if key not in self._over:
            self._over[key] = self._cut(code, first, last)
        return self._over[key]

    def _cut(self, code: str, first: date, last: date) -> list[PricedDays]:
        starts = [
            each.from_on for each in self._tariffs if each.code == code and first < each.from_on <= last
        ]
        edges = [first, *sorted(starts), last + timedelta(days=1)]
        parts = [
            priced_days(start, end - timedelta(days=1), self.on(code, start))
            for start, end in pairwise(edges)
        ]
        joined = parts[:1]
        for part in parts[1:]:
            same = part.price and joined[-1].price and part.price.price_yuan == joined[-1].price.price_yuan
            if same:  # a price that was entered again is no change
                joined[-1] = priced_days(joined[-1].first, part.last, part.price)
            else:
                joined.append(part)
        return joined


def _price(tariff: Tariff) -> Price:
    return Price(tariff.id, tariff.price_yuan, tariff.per, f"{tariff.price_yuan.normalize():f}")
