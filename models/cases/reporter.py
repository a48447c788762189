"""Who reported a case, and whose it is: a contact of a tenant, or somebody of whom there is a name and a number."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case
from models.people.directory import masked
from models.people.tenant import Contact, Tenant


async def reporter_of(session: AsyncSession, case: Case) -> tuple[str, str]:
    """Name and masked number; no number for a member who found it."""
    if case.contact_id is None:
        return case.reporter_name or "未留姓名", masked(case.reporter_mobile) if case.reporter_mobile else ""
    contact = await session.get_one(Contact, case.contact_id)
    return contact.name, masked(contact.mobile)


async def tenant_name(session: AsyncSession, case: Case) -> str:
    """The tenant's, or 公共区域 for what belongs to none."""
    tenant = await session.get(Tenant, case.tenant_id) if case.tenant_id else None
    return tenant.name if tenant else "公共区域"
