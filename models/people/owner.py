"""Owners (业主) of units, where they are not those who rent them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from models.people.tenant import Tenant
from models.people.unit import Unit


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns some of a lessee's units. tenant_id: where the owner is a company we keep contacts of.

    key: tells owners apart, the same for ever.
    """

    key: str
    name: str
    mobile: str
    address: str
    units: tuple[Unit, ...]
    tenant_id: int | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """The units, as letters name them."""
        return tuple(unit.code for unit in self.units)


async def owners_of(session: AsyncSession, units: Sequence[Unit], lessee_id: int) -> list[Owner]:
    """The owners of the units other than the lessee itself, each with what is theirs; units without one are left out."""
    found: dict[str, Owner] = {}
    for unit in units:
        owner = await _owner(session, unit)
        if owner is None or owner.tenant_id == lessee_id:
            continue
        known = found.get(owner.key)
        mine = (*known.units, unit) if known else (unit,)
        found[owner.key] = Owner(owner.key, owner.name, owner.mobile, owner.address, mine, owner.tenant_id)
    return list(found.values())


async def _owner(session: AsyncSession, unit: Unit) -> Owner | None:
    if unit.owner_id is not None:
        company = await session.get_one(Tenant, unit.owner_id)
        address = unit.owner_address or company.post_address
        return Owner(f"tenant:{company.id}", company.name, unit.owner_mobile, address, (), company.id)
    if unit.owner_name:
        key = f"{unit.owner_name}:{unit.owner_mobile}"
        return Owner(key, unit.owner_name, unit.owner_mobile, unit.owner_address, ())
    return None
