"""Lines for what went through meters, each with its arithmetic in words and what it was computed from. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

from models.calendar.period import Month
from models.fees.bill_lines import DraftLine, plain
from models.fees.meter import MeterKind
from models.fees.meter_book import Mark, MeterBook, Settlement, Stretch, cut_off
from models.fees.meter_index import label
from models.fees.metering import ReadingProblem
from models.fees.money import round_half_up
from models.fees.occupancy import NoOne, Stay, sole_user
from models.fees.tariff import Price, PricedDays, PriceList, priced_days

CODES = {MeterKind.WATER: "water", MeterKind.ELECTRICITY: "electricity"}
_NAMES = {MeterKind.WATER: "水费", MeterKind.ELECTRICITY: "电费"}
_UNITS = {MeterKind.WATER: "吨", MeterKind.ELECTRICITY: "度"}


def metered_lines(
    book: MeterBook, stays: Sequence[Stay], prices: PriceList, month: Month
) -> tuple[list[DraftLine], list[str]]:
    """Lines for every stretch up to the month's cut-off that is not charged yet, and what stands in the way."""
    lines, gaps, until = [], _missing(book, stays, month), cut_off(month)
    for stretch in book.stretches():
        if stretch.end.charged or stretch.end.on > until:
            continue
        found = _stretch_lines(book, stretch, stays, prices)
        if isinstance(found, str):
            gaps.append(f"{label(book.meter, book.unit)}：{found}")
        else:
            lines.extend(found)
    return lines, gaps


def _missing(book: MeterBook, stays: Sequence[Stay], month: Month) -> list[str]:
    key = str(month)
    if key in book.unconfirmed:
        return [f"{label(book.meter, book.unit)}：{month.label}读数待确认"]
    if not book.meter.active or any([mark.month == key for mark in book.marks]):
        return []
    since = cut_off(month.previous()) + timedelta(days=1)
    vacant = sole_user(stays, since, month.last_day) is NoOne.VACANT
    return [] if vacant else [f"{label(book.meter, book.unit)}：缺{month.label}读数"]


def _stretch_lines(
    book: MeterBook, stretch: Stretch, stays: Sequence[Stay], prices: PriceList
) -> list[DraftLine] | str:
    """One line, or one for each price that was valid on some of the days; else the gap in words."""
    used = book.usage(stretch.start, stretch.end)
    if isinstance(used, ReadingProblem):
        return used.text
    if not used.quantity:
        return []
    since = book.real_before(stretch.start.on) or stretch.start if stretch.start.estimated else stretch.start
    tenant = sole_user(stays, since.on + timedelta(days=1), stretch.end.on)
    if tenant is NoOne.VACANT:
        return []
    if tenant is NoOne.MIXED:
        return f"{since.on} 至 {stretch.end.on} 期间换租或空置，缺交接读数，未计费"
    parts = _priced(book, stretch, used.quantity, prices)
    if unknown := next((part for part in parts if part.price is None), None):
        return f"没有 {unknown.last} 有效的{book.meter.kind}价，未计费"
    return _charged(book, stretch, used.quantity, parts, tenant)


def _priced(book: MeterBook, stretch: Stretch, quantity: Decimal, prices: PriceList) -> list[PricedDays]:
    """Where the price changes between two readings, the usage is taken to be even over the days [practice].

    What settles an estimate has one price: too much is given back at the price it was charged at, the rest is charged
    at the price of the day it was read.
    """
    kind = book.meter.kind
    if stretch.start.estimated:
        on = stretch.start.on if quantity < 0 else stretch.end.on
        return [priced_days(on, on, prices.on(kind, on))]
    return prices.over(kind, stretch.start.on + timedelta(days=1), stretch.end.on)


def _settled(book: MeterBook, stretch: Stretch) -> Settlement | None:
    """What the stretch settles, where it follows an estimate."""
    if not stretch.start.estimated or stretch.end.estimated:
        return None
    found = book.settlement(stretch.start, stretch.end)
    return None if isinstance(found, ReadingProblem) else found


def _charged(
    book: MeterBook, stretch: Stretch, quantity: Decimal, parts: Sequence[PricedDays], tenant_id: int
) -> list[DraftLine]:
    """Multiplied first, each line rounded half up once [practice]."""
    kind, used, settled = book.meter.kind, plain(quantity), _settled(book, stretch)
    mark = "（估）" if stretch.end.estimated else "（估读结算）" if settled else ""
    reckoning, days = _reckoning(book, stretch, settled, used), sum([part.days for part in parts])
    source = {
        "unit": book.unit.code,
        "meter_id": book.meter.id,
        "meter": book.meter.number,
        "from": _traced(stretch.start),
        "to": _traced(stretch.end),
        "usage": used,
        "estimated": stretch.end.estimated,
        "settles": plain(settled.charged) if settled else "",
    }
    head = tenant_id, CODES[kind], f"{_NAMES[kind]} {book.unit.code}{mark}"
    return [_part_line(head, reckoning, source, quantity, part, days) for part in parts]


def _part_line(
    head: tuple[int, str, str], reckoning: str, source: dict[str, Any], quantity: Decimal, part: PricedDays,
    days: int,
) -> DraftLine:  # fmt: skip
    """The share of the days at one price; of all days where there is one."""
    price = cast("Price", part.price)
    share, own = "", source | {"price_yuan": price.figure, "tariff_id": price.tariff_id}
    if part.days < days:
        share = f"，{part.first:%m-%d} 至 {part.last:%m-%d} 按 {part.days}/{days} 天"
        own |= {"stretch_usage": source["usage"], "usage": plain(round(quantity * part.days / days, 2))}
    return DraftLine(
        *head,
        f"{reckoning}{share} × {price.figure} 元/{price.per}",
        round_half_up(quantity * part.days * price.price_yuan * 100 / days),
        own,
    )


def _reckoning(book: MeterBook, stretch: Stretch, settled: Settlement | None, used: str) -> str:
    """How the quantity came about: "(15820.5 − 15000) × 40 = 32820 度"."""
    if settled is None:
        return _plainly(book, stretch, used)
    whole = _plainly(book, Stretch(settled.since, stretch.end), plain(settled.whole))
    unit = _UNITS[book.meter.kind]
    return f"{whole} − 已按估读计 {plain(settled.charged)} {unit} = {used} {unit}"


def _plainly(book: MeterBook, stretch: Stretch, used: str) -> str:
    unit, start, end = _UNITS[book.meter.kind], _dial(stretch.start), _dial(stretch.end)
    if changes := book.changes_in(stretch.start.on, stretch.end.on):
        swap = changes[-1]
        note = f"换表：旧止 {plain(swap.old_final)}，新起 {plain(swap.new_first)}"
        return f"{start} 至 {end}（{note}）= {used} {unit}"
    multiplier = book.multiplier_on(stretch.end.on)
    times = "" if multiplier == 1 else f" × 倍率 {plain(multiplier)}"
    if stretch.end.rollover:
        return f"{start} 走满归零至 {end}{times} = {used} {unit}"
    return f"（{end} − {start}）{times} = {used} {unit}"


def _dial(mark: Mark) -> str:
    return f"{plain(mark.value)}{' 估' if mark.estimated else ''}"


def _traced(mark: Mark) -> dict[str, Any]:
    return {"table": mark.table, "id": mark.id, "on": mark.on.isoformat(), "value": f"{mark.value:f}"}
