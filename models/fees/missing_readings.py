"""Which meters have not been read for a month, and which readings wait for an answer."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.fees.meter import Meter, MeterKind, Reading
from models.fees.meter_book import cut_off
from models.fees.meter_index import label
from models.fees.reading_intake import Question
from models.fees.reading_photos import photos_of
from models.fees.walking import walking_key
from models.people.tenant import Tenancy
from models.people.unit import Unit


class _Unread(NamedTuple):
    """Of a meter only what the round needs: on the first day of reading none of them has been read."""

    number: str
    kind: MeterKind
    walk_no: int | None


class _Place(NamedTuple):
    """And of its unit."""

    id: int
    code: str
    building: str
    floor: str


async def missing_meters(session: AsyncSession, month: Month) -> dict[str, list[str]]:
    """Meters in use without a reading for the month: building → labels such as "A-1203 电表", in walking order.

    Where a unit has several of a kind the number stands with it: "A-0201 电表 D2-A-0201".

    Nobody waits for the meter of a unit that stands empty; main meters hang in common parts, which are let to nobody.
    """
    read = exists().where(Reading.meter_id == Meter.id, Reading.month == str(month))
    let = exists().where(
        Tenancy.unit_id == Unit.id,
        Tenancy.start_on <= month.last_day,
        or_(Tenancy.end_on.is_(None), Tenancy.end_on > cut_off(month.previous())),
    )
    rows = await session.execute(
        select(
            Meter.number, Meter.kind, Meter.walk_no, Unit.id, Unit.code, Unit.building, Unit.floor
        )
        .join(Unit, Unit.id == Meter.unit_id)
        .where(Meter.active, ~read, or_(let, Unit.common))
    )  # fmt: skip
    many = await _several_of_a_kind(session)
    found: dict[str, list[str]] = defaultdict(list)
    unread = [(_Unread(*row[:3]), _Place(*row[3:])) for row in rows]
    for meter, unit in sorted(unread, key=lambda each: walking_key(*each)):
        number = f" {meter.number}" if (unit.id, meter.kind) in many else ""
        found[unit.building].append(f"{label(meter, unit)}{number}")
    return dict(found)


async def _several_of_a_kind(session: AsyncSession) -> set[tuple[int, MeterKind]]:
    """Units with more than one meter of a kind."""
    kinds = (Meter.unit_id, Meter.kind)
    rows = await session.execute(select(*kinds).where(Meter.active).group_by(*kinds).having(func.count() > 1))
    return {(unit_id, kind) for unit_id, kind in rows}


async def open_questions(session: AsyncSession) -> list[Question]:
    """Readings nobody stands by yet, oldest month first."""
    rows = await session.execute(
        select(Reading, Meter, Unit)
        .join(Meter, Meter.id == Reading.meter_id)
        .join(Unit, Unit.id == Meter.unit_id)
        .where(~Reading.confirmed, Reading.bill_id.is_(None))
        .order_by(Reading.month, Unit.code, Meter.number)
    )
    found = rows.all()
    photos = await photos_of(session, [row.id for row, _, _ in found])
    return [
        Question(
            row.id, f"{label(meter, unit)}（{row.month}）", row.value, list(row.doubts), len(photos[row.id])
        )
        for row, meter, unit in found
    ]
