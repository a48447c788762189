"""Who was in a unit over a stretch of days, for what can not be divided by days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import Enum
from typing import NamedTuple, Protocol

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.people.tenant import Tenancy


class NoOne(Enum):
    """Why no single tenant can be charged."""

    VACANT = "vacant"
    MIXED = "mixed"


class Stay(Protocol):
    """What counts of a tenancy here."""

    @property
    def tenant_id(self) -> int: ...
    @property
    def start_on(self) -> date: ...
    @property
    def end_on(self) -> date | None: ...


class UnitStay(NamedTuple):
    """A tenancy as far as meters care."""

    tenant_id: int
    start_on: date
    end_on: date | None


def sole_user(stays: Sequence[Stay], first: date, last: date) -> int | NoOne:
    """The one tenant who was there on every one of the days."""
    if (
        len(stays) == 1
        and stays[0].start_on <= first
        and (stays[0].end_on is None or stays[0].end_on >= last)
    ):
        return stays[0].tenant_id
    there = [
        stay for stay in stays if stay.start_on <= last and (stay.end_on is None or stay.end_on >= first)
    ]
    if not there:
        return NoOne.VACANT
    tenant_id = there[0].tenant_id
    if any(stay.tenant_id != tenant_id for stay in there):
        return NoOne.MIXED
    next_free = first
    for stay in sorted(there, key=_start):
        if stay.start_on > next_free:
            return NoOne.MIXED
        next_free = max(next_free, (stay.end_on or last) + timedelta(days=1))
    return tenant_id if next_free > last else NoOne.MIXED


def _start(stay: Stay) -> date:
    return stay.start_on


async def stays_by_unit(session: AsyncSession, unit_ids: Select[int]) -> dict[int, list[Stay]]:
    """Who has been in these units, past ones too."""
    found: dict[int, list[Stay]] = defaultdict(list)
    rows = await session.execute(
        select(Tenancy.unit_id, Tenancy.tenant_id, Tenancy.start_on, Tenancy.end_on).where(
            Tenancy.unit_id.in_(unit_ids)
        )
    )
    for unit_id, tenant_id, start_on, end_on in rows:
        found[unit_id].append(UnitStay(tenant_id, start_on, end_on))
    return found


async def tenancies_by_unit(session: AsyncSession, unit_ids: Iterable[int]) -> dict[int, list[Tenancy]]:
    """All tenancies of the units, past ones too, in order of time."""
    found: dict[int, list[Tenancy]] = defaultdict(list)
    rows = await session.scalars(
        select(Tenancy).where(Tenancy.unit_id.in_(list(unit_ids))).order_by(Tenancy.start_on, Tenancy.id)
    )
    for row in rows:
        found[row.unit_id].append(row)
    return found
