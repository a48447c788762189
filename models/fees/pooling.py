"""公摊 of a month: what the main meters count beyond the sub-meters, × the price, shared to the 分. Pure.

The pool runs from one cut-off to another at which all its meters are known. A sub-meter that came later counts from
its first value on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.fees.bill_lines import plain
from models.fees.meter import MeterKind, Tariff
from models.fees.meter_book import MeterBook
from models.fees.metering import ReadingProblem
from models.fees.money import round_half_up, yuan
from models.fees.pool import ShareBasis
from models.fees.shares import split
from models.people.tenant import Tenancy

WORDS = {MeterKind.WATER: "吨", MeterKind.ELECTRICITY: "度"}
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Seat:
    """A unit that shares, with all its tenancies."""

    unit: str
    area: Decimal
    tenancies: Sequence[Tenancy]


@dataclass(frozen=True, slots=True)
class Share:
    """A tenant's part for one unit: `days` of the pool's days. tenant_id None: the unit was empty then."""

    tenant_id: int | None
    unit: str
    weight: Decimal
    days: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class MeterPart:
    """What one meter of the pool counted."""

    number: str
    usage: Decimal


@dataclass(frozen=True, slots=True)
class Counted:
    """What the meters of a pool say about the days after `from_on` up to `to_on`."""

    from_on: date
    to_on: date
    mains: tuple[MeterPart, ...]
    subs: tuple[MeterPart, ...]

    @property
    def main_usage(self) -> Decimal:
        """All main meters together."""
        return sum((part.usage for part in self.mains), Decimal(0))

    @property
    def sub_usage(self) -> Decimal:
        """All sub-meters together."""
        return sum((part.usage for part in self.subs), Decimal(0))

    @property
    def usage(self) -> Decimal:
        """What is left to be shared; less than nothing when a reading can not be right."""
        return self.main_usage - self.sub_usage

    def why_negative(self, kind: MeterKind) -> str:
        """Which meters to look at."""
        unit = WORDS[kind]
        mains = "、".join(part.number for part in self.mains[:_NAMED])
        largest = sorted(self.subs, key=lambda part: -part.usage)[:_NAMED]
        named = "、".join(f"{part.number} {plain(part.usage)} {unit}" for part in largest)
        return (
            f"总表 {mains} 共 {plain(self.main_usage)} {unit}，"
            f"小于 {len(self.subs)} 块分表之和 {plain(self.sub_usage)} {unit}（用量最大的：{named}）"
        )


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a pool can not be counted yet."""

    text: str


def count(
    mains: Sequence[MeterBook], subs: Sequence[MeterBook], from_on: date | None, to_on: date
) -> Counted | Missing:
    """What the pool's meters counted between two cut-offs."""
    unread = [book.meter.number for book in (*mains, *subs) if not _known(book, to_on)]
    if unread:
        more = f"等 {len(unread)} 块表" if len(unread) > _NAMED else ""
        return Missing(f"缺读数：{'、'.join(unread[:_NAMED])}{more}，本月不分摊，补齐后一并计入")
    if from_on is None:
        return Missing("首次抄表作底数，从下月起分摊")
    parts: list[list[MeterPart]] = [[], []]
    for side, books in zip(parts, (mains, subs), strict=True):
        for book in books:
            used = _between(book, from_on, to_on)
            if isinstance(used, ReadingProblem):
                return Missing(f"{book.meter.number} {used.text}")
            side.append(MeterPart(book.meter.number, used))
    return Counted(from_on, to_on, tuple(parts[0]), tuple(parts[1]))


def price_fen(counted: Counted, tariff: Tariff) -> int:
    """The pool in 分, at the very price tenants pay: nothing is added [law]."""
    return round_half_up(counted.usage * tariff.price_yuan * 100)


def share(
    pool_fen: int, seats: Iterable[Seat], counted: Counted, basis: ShareBasis, *, centre_bears_vacant: bool
) -> list[Share]:
    """Every 分 of the pool with whoever bears it, by unit and days; largest remainder [practice].

    A unit's empty days fall on the centre, or are left out so that the others bear them; on the centre in any case
    where nobody was there at all.
    """
    parts = [part for seat in seats for part in _parts(seat, counted, basis)]
    if not centre_bears_vacant and any(part.tenant_id for part in parts):
        parts = [part for part in parts if part.tenant_id]
    amounts = split(pool_fen, [part.weight * part.days for part in parts])
    return [
        Share(part.tenant_id, part.unit, part.weight, part.days, amount)
        for part, amount in zip(parts, amounts, strict=True)
    ]


def arithmetic(
    counted: Counted,
    tariff: Tariff,
    pool_fen: int,
    kind: MeterKind,
    basis: ShareBasis,
    part: Share,
    whole: Decimal,
) -> str:
    """A share as it is printed: pool, basis and arithmetic. whole: all weights × days."""
    days = (counted.to_on - counted.from_on).days
    unit = WORDS[kind]
    pool = (
        f"总表 {plain(counted.main_usage)} − 分表 {plain(counted.sub_usage)} = {plain(counted.usage)} {unit}"
        f" × {plain(tariff.price_yuan)} 元/{tariff.per} = {yuan(pool_fen)} 元"
    )
    all_units = whole / days
    if basis is ShareBasis.AREA:
        measure = f"按面积 {plain(part.weight)}/{plain(all_units.quantize(Decimal('0.01')))} ㎡"
    else:
        measure = f"均摊 1/{plain(all_units.quantize(Decimal('0.01')))}"
    return f"{pool}，{measure}" + ("" if part.days == days else f" × {part.days}/{days} 天")


def _known(book: MeterBook, on: date) -> bool:
    """Whether the meter's value on a cut-off is known; one out of use needs none."""
    return any(mark.month and mark.on == on for mark in book.marks) or not book.meter.active


def common_start(mains: Sequence[MeterBook], subs: Sequence[MeterBook], to_on: date) -> date | None:
    """Where a new pool begins: the latest cut-off before at which all meters were read that were there."""
    days = [{mark.on for mark in book.marks if mark.month and mark.on < to_on} for book in mains]
    for day in sorted(set.intersection(*days) if days else set(), reverse=True):
        there = [book for book in subs if book.marks and book.marks[0].on <= day]
        if all(_known(book, day) for book in there):
            return day
    return None


def _between(book: MeterBook, from_on: date, to_on: date) -> Decimal | ReadingProblem:
    total = Decimal(0)
    for stretch in book.stretches():
        if stretch.start.on < from_on or not from_on < stretch.end.on <= to_on:
            continue
        used = book.usage(stretch.start, stretch.end)
        if isinstance(used, ReadingProblem):
            return used
        total += used.quantity
    return total


def _parts(seat: Seat, counted: Counted, basis: ShareBasis) -> list[Share]:
    """Who had the unit on how many of the days."""
    weight = seat.area if basis is ShareBasis.AREA else Decimal(1)
    total = (counted.to_on - counted.from_on).days
    days: dict[int, int] = {}
    for tenancy in seat.tenancies:
        last = min(counted.to_on, tenancy.end_on or counted.to_on)
        # `from_on` itself was charged before.
        there = last.toordinal() - max(counted.from_on.toordinal(), tenancy.start_on.toordinal() - 1)
        if there > 0:
            days[tenancy.tenant_id] = days.get(tenancy.tenant_id, 0) + there
    empty = total - sum(days.values())
    found = [Share(tenant_id, seat.unit, weight, there, 0) for tenant_id, there in days.items()]
    return [*found, Share(None, seat.unit, weight, empty, 0)] if empty else found
