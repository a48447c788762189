"""The units a tenant's report may be about."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.intake import Rented
from models.people.tenant import units_of
from models.people.unit import Unit


def rented(unit: Unit) -> Rented:
    """The unit as far as understanding needs it."""
    return Rented(unit.id, unit.code, unit.floor)


async def rented_units(session: AsyncSession, tenant_id: int, on: date) -> list[Rented]:
    """What the tenant rents on that day, by code."""
    return [rented(unit) for unit in await units_of(session, tenant_id, on)]
