"""What everybody should owe: bills, payments and credit reckoned by hand, without a line of the service's own rules."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.calendar.park20 import Dial, Park20, Rent, Space


def to_fen(yuan: Fraction) -> int:
    """Rounded to the nearest 分, a half upwards; no amount here is negative."""
    return int((yuan * 100 * 2 + 1) // 2)


def fee_fen(area: Decimal, rent: Rent, month: str) -> int:
    """Area × price for the days of the month on which the unit was let."""
    year, number = map(int, month.split("-"))
    days = monthrange(year, number)[1]
    let = sum(rent.covers(date(year, number, day)) for day in range(1, days + 1))
    return to_fen(Fraction(area) * Fraction(rent.price_yuan) * let / days)


def parking_fen(space: Space, park: Park20, month: str) -> int:
    """The month's price for the days on which the space was let."""
    year, number = map(int, month.split("-"))
    days = monthrange(year, number)[1]
    let = sum(space.covers(date(year, number, day)) for day in range(1, days + 1))
    price = park.prices_yuan["停车月租"] if space.price_yuan is None else space.price_yuan
    return to_fen(Fraction(price) * let / days)


def use_fen(dial: Dial, turned: Decimal, park: Park20) -> int:
    """What has run through a meter × price."""
    return to_fen(Fraction(turned) * Fraction(dial.times) * Fraction(park.prices_yuan[dial.kind]))


def _zero_by_month() -> defaultdict[str, defaultdict[str, int]]:
    return defaultdict(lambda: defaultdict(int))


@dataclass(slots=True)
class Ledger:
    """The accounts. lines: month → tenant → what is to be billed; owed: tenant → month → 分 open, oldest month first."""

    lines: defaultdict[str, defaultdict[str, int]] = field(default_factory=_zero_by_month)
    billed: dict[tuple[str, str], int] = field(default_factory=dict)
    owed: defaultdict[str, defaultdict[str, int]] = field(default_factory=_zero_by_month)
    credit: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    received_fen: int = 0

    def issue(self, month: str) -> None:
        """All bills of a month go out."""
        for tenant, fen in self.lines[month].items():
            if fen:
                self.bill(tenant, month, fen)

    def bill(self, tenant: str, month: str, fen: int) -> None:
        """A bill goes out; credit pays what it can."""
        used = min(fen, self.credit[tenant])
        self.billed[tenant, month] = fen
        self.credit[tenant] -= used
        self.owed[tenant][month] = fen - used

    def pay(self, tenant: str, fen: int) -> None:
        """Money pays the oldest debt first; what is left over is credit."""
        self.received_fen += fen
        for month, open_fen in self.owed[tenant].items():
            part = min(fen, open_fen)
            self.owed[tenant][month] -= part
            fen -= part
        self.credit[tenant] += fen

    def owes(self, tenant: str) -> int:
        """What is open of all months."""
        return sum(self.owed[tenant].values())

    def debtors(self, month: str) -> set[str]:
        """Who still owes something of that month."""
        return {tenant for tenant, open_ in self.owed.items() if open_.get(month)}
