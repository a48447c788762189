"""物业服务费: chargeable area × price, by actual days in a part month [practice]."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

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
    lines = (_line(month, *row) for row in rows)
    return Found([line for line in lines if line])


def _line(
    month: Month,
    tenancy_id: int,
    tenant_id: int,
    start_on: date,
    end_on: date | None,
    price_yuan: Decimal,
    code: str,
    area: Decimal,
) -> DraftLine | None:
    """What one tenancy pays in the month; None when that is nothing."""
    fee = property_fee_fen(area, price_yuan, month, start_on, end_on)
    if not fee.amount_fen:
        return None
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
    name, once = f"物业服务费 {code}", f"tenancy:{tenancy_id}"
    return DraftLine(tenant_id, CODE, name, basis, fee.amount_fen, source, once=once)


PROPERTY = LineSource("property", (CODE,), tenants=tenants, find=find)
