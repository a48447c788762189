"""Who was in a unit over a stretch of days, for what can not be divided by days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import Enum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.people.tenant import Tenancy


class NoOne(Enum):
    """Why no single tenant can be charged."""

    VACANT = "vacant"
    MIXED = "mixed"


def sole_user(tenancies: Sequence[Tenancy], first: date, last: date) -> int | NoOne:
    """The one tenant who was there on every one of the days."""
    days: dict[int, set[int]] = defaultdict(set)
    for tenancy in tenancies:
        start = max(first, tenancy.start_on)
        end = min(last, tenancy.end_on or last)
        days[tenancy.tenant_id].update(range(start.toordinal(), end.toordinal() + 1))
    there = {tenant_id: present for tenant_id, present in days.items() if present}
    if not there:
        return NoOne.VACANT
    tenant_id, present = next(iter(there.items()))
    whole = len(present) == (last - first + timedelta(days=1)).days
    return tenant_id if whole and len(there) == 1 else NoOne.MIXED


async def tenancies_by_unit(session: AsyncSession, unit_ids: Iterable[int]) -> dict[int, list[Tenancy]]:
    """All tenancies of the units, past ones too, in order of time."""
    found: dict[int, list[Tenancy]] = defaultdict(list)
    rows = await session.scalars(
        select(Tenancy).where(Tenancy.unit_id.in_(list(unit_ids))).order_by(Tenancy.start_on, Tenancy.id)
    )
    for row in rows:
        found[row.unit_id].append(row)
    return found
