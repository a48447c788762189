"""Which tenant a cashier means."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.people.tenant import Tenancy, Tenant, tenants_in
from models.people.unit import find_unit


async def find_payers(session: AsyncSession, text: str, today: date) -> list[Tenant]:
    """Tenants with the text in their name; else those who rent that unit, or rented it last."""
    wanted = text.strip()
    if not wanted:
        return []
    tenants = list(await session.scalars(select(Tenant).order_by(Tenant.id)))
    if exact := [tenant for tenant in tenants if tenant.name == wanted]:
        return exact
    if named := [tenant for tenant in tenants if wanted.lower() in tenant.name.lower()]:
        return named
    unit = await find_unit(session, wanted)
    if unit is None:
        return []
    return await tenants_in(session, unit.id, today) or await _last_in(session, unit.id)


async def _last_in(session: AsyncSession, unit_id: int) -> list[Tenant]:
    rows = await session.scalars(
        select(Tenant)
        .join(Tenancy, Tenancy.tenant_id == Tenant.id)
        .where(Tenancy.unit_id == unit_id)
        .order_by(Tenancy.start_on.desc())
        .limit(1)
    )
    return list(rows)


async def the_payer(session: AsyncSession, text: str, today: date) -> Tenant:
    """The one tenant meant. Raises UserError when there is none, or more than one."""
    found = await find_payers(session, text, today)
    if not found:
        raise UserError(f"没有找到租户“{text.strip()[:20]}”，请写名称的一部分或单元号。")
    if len(found) > 1:
        names = "、".join(tenant.name for tenant in found[:5])
        raise UserError(f"有 {len(found)} 家租户符合“{text.strip()[:20]}”：{names}。请写得完整一些。")
    return found[0]
