"""Who of a tenant gets its letters, and what a tenant is called in them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.people.identity import Identity
from models.people.tenant import Contact, ContactRole, contacts_of, units_of

_FIRST = (
    ContactRole.HEAD, ContactRole.LEGAL, ContactRole.AGENT, ContactRole.FINANCE, ContactRole.MAILROOM,
    ContactRole.EMPLOYEE,
)  # fmt: skip


async def recipients_of(session: AsyncSession, tenant_id: int) -> list[Contact]:
    """Contacts who see money and can be reached by chat or SMS, the person in charge first [practice]."""
    contacts = [contact for contact in await contacts_of(session, tenant_id) if contact.role.sees_money]
    ids = [contact.id for contact in contacts]
    bound = set(
        await session.scalars(
            select(Identity.contact_id).where(Identity.channel == "kf", Identity.contact_id.in_(ids))
        )
    )
    reachable = [contact for contact in contacts if contact.mobile or contact.id in bound]
    return sorted(reachable, key=lambda contact: _FIRST.index(contact.role))


async def unit_codes(session: AsyncSession, tenant_id: int, on: date) -> tuple[str, ...]:
    """The units the tenant rents on that day, as letters name them."""
    return tuple(unit.code for unit in await units_of(session, tenant_id, on))
