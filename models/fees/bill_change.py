"""“为什么比上月多？”: two bills line by line, each change by its cause, and the causes add up to the 分. Pure.

A change of quantity is told at last month's price, a change of price at this month's quantity; what is left between them
is rounding and stays with the quantity.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from models.fees.bill_lines import plain
from models.fees.money import round_half_up, yuan


class Line(Protocol):
    """What is compared of a bill's line."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def amount_fen(self) -> int: ...
    @property
    def source(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Change:
    """One reason. fen: what it adds, less than 0 for what it takes away."""

    name: str
    why: str
    fen: int


@dataclass(slots=True)
class _Thing:
    """What the lines for one thing come to. quantity, price: None where there is no single one."""

    name: str
    fen: int = 0
    lines: int = 0
    quantity: Decimal | None = None
    price: Decimal | None = None
    days: tuple[int, int] | None = None
    unit: str = ""


def changes(before: Iterable[Line], now: Iterable[Line]) -> list[Change]:
    """Why the second bill is more (or less) than the first, the biggest reason first; their sum is the difference."""
    old, new = _things(before), _things(now)
    found = [
        change
        for key in dict.fromkeys([*new, *old])
        for change in _compared(old.get(key), new.get(key))
        if change.fen
    ]
    return sorted(found, key=lambda change: -abs(change.fen))


def _things(lines: Iterable[Line]) -> dict[tuple[str, str], _Thing]:
    found: dict[tuple[str, str], _Thing] = {}
    count: dict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        source = line.source
        key = line.code, str(source.get("meter") or source.get("unit") or source.get("key") or line.name)
        if key not in found:
            found[key] = _Thing(line.name, unit=_UNITS.get(line.code, ""))
        thing = found[key]
        thing.fen += line.amount_fen
        count[key] += 1
        _measure(thing, source, first=count[key] == 1)
    return found


_UNITS = {"water": "吨", "electricity": "度"}


def _measure(thing: _Thing, source: dict[str, Any], *, first: bool) -> None:
    """Several lines at one price are one quantity; else only the amount can be compared."""
    size, price = source.get("usage") or source.get("area"), source.get("price_yuan")
    if size is None or price is None or (not first and thing.price != Decimal(price)):
        thing.quantity = thing.price = thing.days = None
        return
    thing.quantity = Decimal(size) + (Decimal(0) if first or thing.quantity is None else thing.quantity)
    thing.price = Decimal(price)
    if "days_in_month" in source and first:
        thing.days = (int(source["days"]), int(source["days_in_month"]))
    elif not first:
        thing.days = None


def _compared(old: _Thing | None, new: _Thing | None) -> list[Change]:
    if new is None:
        return [Change(old.name, "本月没有这一项", -old.fen)] if old else []
    if old is None:
        return [Change(new.name, "本月新增", new.fen)]
    total = new.fen - old.fen
    if None in (old.quantity, new.quantity, old.price, new.price):
        return [Change(new.name, f"{yuan(old.fen)} → {yuan(new.fen)} 元", total)]
    return _apart(old, new, total)


def _apart(old: _Thing, new: _Thing, total: int) -> list[Change]:
    """By price, by days, and the rest by quantity."""
    price_fen = _price_part(old, new)
    parts = [Change(new.name, f"单价 {_figure(old.price)} → {_figure(new.price)} 元", price_fen)]
    rest = total - price_fen
    if old.days != new.days and old.quantity == new.quantity and old.days and new.days:
        why = f"计费天数 {old.days[0]}/{old.days[1]} → {new.days[0]}/{new.days[1]} 天"
        return [*parts, Change(new.name, why, rest)]
    what = "用量" if new.unit else "面积"
    why = f"{what} {_figure(old.quantity)} → {_figure(new.quantity)} {new.unit or '㎡'}"
    return [*parts, Change(new.name, why, rest)]


def _price_part(old: _Thing, new: _Thing) -> int:
    """What the new price adds to the new quantity."""
    if old.price is None or new.price is None or new.quantity is None or old.price == new.price:
        return 0
    share = Decimal(new.days[0]) / new.days[1] if new.days else Decimal(1)
    return round_half_up(new.quantity * share * (new.price - old.price) * 100)


def _figure(value: Decimal | None) -> str:
    return plain(value) if value is not None else ""


def change_text(found: Sequence[Change], before_fen: int, now_fen: int, label: str, earlier: str) -> str:
    """The answer to the tenant."""
    total = now_fen - before_fen
    if not total:
        head = f"{label} {yuan(now_fen)} 元，与{earlier}相同。"
    else:
        word = "多" if total > 0 else "少"
        head = (
            f"{label} {yuan(now_fen)} 元，比{earlier}（{yuan(before_fen)} 元）{word} {yuan(abs(total))} 元："
        )
    rows = [
        f"· {each.name}：{'多' if each.fen > 0 else '少'} {yuan(abs(each.fen))} 元（{each.why}）"
        for each in found
    ]
    return "\n".join([head, *rows])
