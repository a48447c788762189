"""Finding companies and people by what staff type, and what may be shown of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.people.identity import Identity
from models.people.tenant import Contact, Tenancy, Tenant, contacts_of, units_of
from models.people.unit import Unit, normal_code

SHOWN = 3
"""So many companies are shown in full; of more only the names."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A company as staff see it. `bound`: ids of the contacts with a chat account."""

    tenant: Tenant
    units: Sequence[Unit]
    contacts: Sequence[Contact]
    bound: frozenset[int]


def masked(mobile: str) -> str:
    """ "138****0001": enough to recognise a number, not to call it [law: 个人信息保护法 §6]."""
    return f"{mobile[:3]}****{mobile[-4:]}" if len(mobile) >= 8 else "无手机"


async def find_tenants(session: AsyncSession, text: str, today: date) -> list[Tenant]:
    """Companies meant by a part of the name, a unit they rent, or a contact's name or mobile."""
    wanted = text.strip()
    rented = await _tenants_of_unit(session, wanted, today)
    if rented:
        return rented
    rows = await session.scalars(
        select(Tenant)
        .outerjoin(Contact, (Contact.tenant_id == Tenant.id) & Contact.active)
        .where(
            Tenant.name.icontains(wanted, autoescape=True)
            | Contact.name.icontains(wanted, autoescape=True)
            | (Contact.mobile == wanted)
        )
        .order_by(Tenant.id)
    )
    return list(rows.unique())


async def _tenants_of_unit(session: AsyncSession, text: str, today: date) -> list[Tenant]:
    """Who rents the unit now or later, else who rented it last."""
    code = normal_code(text)
    unit_ids = [
        unit_id for unit_id, spelled in await session.execute(select(Unit.id, Unit.code))
        if code and normal_code(spelled) == code
    ]  # fmt: skip
    stays = await session.execute(
        select(Tenant, Tenancy.end_on)
        .join(Tenancy, Tenancy.tenant_id == Tenant.id)
        .where(Tenancy.unit_id.in_(unit_ids))
        .order_by(Tenancy.start_on)
    )
    everybody = [(tenant, end_on) for tenant, end_on in stays]
    there = [tenant for tenant, end_on in everybody if end_on is None or end_on >= today]
    return list(dict.fromkeys(there or [tenant for tenant, _ in everybody[-1:]]))


async def entry_of(session: AsyncSession, tenant: Tenant, today: date) -> Entry:
    """The company with its units of today and its contacts."""
    contacts = await contacts_of(session, tenant.id)
    bound = await session.scalars(
        select(Identity.contact_id).where(Identity.contact_id.in_([contact.id for contact in contacts]))
    )
    return Entry(tenant, await units_of(session, tenant.id, today), contacts, frozenset(bound))


async def find_contact(session: AsyncSession, text: str) -> tuple[Contact, Tenant]:
    """The contact meant by "<part of the company or unit> <name>" or the name alone.

    Raises UserError when there is none, or more than one.
    """
    wanted = " ".join(text.split())
    rows = await session.execute(
        select(Contact, Tenant)
        .join(Tenant, Tenant.id == Contact.tenant_id)
        .where(Contact.active)
        .order_by(Contact.id)
    )
    hits = [(contact, tenant) for contact, tenant in rows if wanted.endswith(contact.name)]
    narrowed = []
    for contact, tenant in hits:
        company = wanted.removesuffix(contact.name).strip()
        if not company or company.lower() in tenant.name.lower() or await _rents(session, tenant, company):
            narrowed.append((contact, tenant))
    if not narrowed:
        raise UserError(f"没有找到联系人“{wanted[:30]}”，请先用“租户 公司名”查询登记的姓名。")
    if len(narrowed) > 1:
        names = "；".join(f"{tenant.name} {contact.name}" for contact, tenant in narrowed[:5])
        raise UserError(f"有多位同名联系人：{names}。请写上公司名称，例如“绑定码 云帆设计 李娜”。")
    return narrowed[0]


async def _rents(session: AsyncSession, tenant: Tenant, text: str) -> bool:
    codes = await session.scalars(
        select(Unit.code).join(Tenancy, Tenancy.unit_id == Unit.id).where(Tenancy.tenant_id == tenant.id)
    )
    return normal_code(text) in {normal_code(code) for code in codes}
