"""Reports that staff enter for a tenant who called or walked in [domain §10]."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.people.tenant import Contact, ContactRole, Tenant, contacts_of, tenants_in
from models.people.unit import Unit


async def tenant_meant(session: AsyncSession, unit: Unit, text: str, on: date) -> list[Tenant]:
    """Who rents the unit; only those named in the text when some are. Raises UserError for an empty unit."""
    tenants = await tenants_in(session, unit.id, on)
    if not tenants:
        raise UserError(f"{unit.code} 目前没有在租的租户，公共区域请写租户所在单元。")
    return [tenant for tenant in tenants if tenant.name in text] or tenants


async def speaker_for(session: AsyncSession, tenant: Tenant, text: str) -> Contact:
    """The contact named in the text by name or number, else who handles such things, else the first."""
    contacts = await contacts_of(session, tenant.id)
    if not contacts:
        raise UserError(f"{tenant.name}没有登记联系人，请先补登联系人。")
    named = [c for c in contacts if c.name in text or (c.mobile and c.mobile in text)]
    agents = [c for c in contacts if c.role is ContactRole.AGENT]
    return (named or agents or contacts)[0]
