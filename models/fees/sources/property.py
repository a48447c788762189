"""物业服务费: chargeable area × price, by actual days in a part month [practice]."""

from __future__ import annotations

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.fees.bill_lines import DraftLine, plain
from models.fees.proration import property_fee_fen
from models.fees.sources.source import Found, LineSource, Scope
from models.people.tenant import Tenancy
from models.people.unit import Unit

CODE = "property"


def tenants(month: Month) -> Select[int]:
    """Whoever rents something in the month."""
    return select(Tenancy.tenant_id).where(
        Tenancy.start_on <= month.last_day, or_(Tenancy.end_on.is_(None), Tenancy.end_on >= month.first_day)
    )


async def find(session: AsyncSession, scope: Scope) -> Found:
    """A line for each unit rented."""
    month = scope.month
    rows = await session.execute(
        select(
            Tenancy.id,
            Tenancy.tenant_id,
            Tenancy.start_on,
            Tenancy.end_on,
            Tenancy.price_yuan,
            Unit.code,
            Unit.area,
        )
        .join(Unit, Unit.id == Tenancy.unit_id)
        .where(
            scope.holds(Tenancy.tenant_id),
            Tenancy.start_on <= month.last_day,
            or_(Tenancy.end_on.is_(None), Tenancy.end_on >= month.first_day),
        )
    )
    lines = []
    for tenancy_id, tenant_id, start_on, end_on, price_yuan, code, area in rows:
        fee = property_fee_fen(area, price_yuan, month, start_on, end_on)
        if not fee.amount_fen:
            continue
        whole = fee.days_charged == fee.days_in_month
        part = "" if whole else f" × {fee.days_charged}/{fee.days_in_month} 天"
        source = {
            "unit": code,
            "area": plain(area),
            "price_yuan": plain(price_yuan),
            "days": fee.days_charged,
            "days_in_month": fee.days_in_month,
        }
        basis = f"{source['area']} ㎡ × {source['price_yuan']} 元{part}"
        lines.append(
            DraftLine(
                tenant_id,
                CODE,
                f"物业服务费 {code}",
                basis,
                fee.amount_fen,
                source,
                once=f"tenancy:{tenancy_id}",
            )
        )
    return Found(lines)


PROPERTY = LineSource("property", (CODE,), tenants=tenants, find=find)
