"""租户 as a table: companies, what they rent, and whom to ask."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local_date
from models.exports.table import Asked, Column, ExportForm, Holds, Row
from models.people.directory import masked
from models.people.identity import Identity
from models.people.tenant import Contact, Tenancy, Tenant
from models.people.unit import Unit


async def _tenants(session: AsyncSession, asked: Asked) -> Sequence[Row]:
    """One row for each contact; a company without contacts has one row of its own."""
    today = local_date(asked.now)
    units: dict[int, list[str]] = {}
    for tenant_id, code in await session.execute(
        select(Tenancy.tenant_id, Unit.code)
        .join(Unit, Unit.id == Tenancy.unit_id)
        .where(Tenancy.start_on <= today, (Tenancy.end_on.is_(None)) | (Tenancy.end_on >= today))
        .order_by(Unit.code)
    ):
        units.setdefault(tenant_id, []).append(code)
    bound = set(await session.scalars(select(Identity.contact_id)))
    rows = await session.execute(
        select(Tenant, Contact)
        .outerjoin(Contact, (Contact.tenant_id == Tenant.id) & Contact.active)
        .order_by(Tenant.id, Contact.id)
    )
    return [
        (
            tenant.name,
            "、".join(units.get(tenant.id, [])),
            len(units.get(tenant.id, [])),
            contact.name if contact else "",
            str(contact.role) if contact else "",
            _mobile(contact, asked),
            "是" if contact and contact.id in bound else "否",
            tenant.post_address,
        )
        for tenant, contact in rows
    ]


def _mobile(contact: Contact | None, asked: Asked) -> str:
    if contact is None:
        return ""
    return contact.mobile if asked.full_numbers else masked(contact.mobile)


TENANTS = ExportForm(
    "tenants",
    "租户",
    "people.see",
    False,
    (
        Column("租户"),
        Column("单元"),
        Column("单元数", Holds.NUMBER),
        Column("联系人"),
        Column("身份"),
        Column("手机"),
        Column("已绑定微信"),
        Column("通信地址"),
    ),
    _tenants,
)
