"""The month's service charges handed to finance, summed by unit [manual flow chart: 20–22 日分单元汇总给财务部]."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.calendar.period import Month
from models.database import insert_new
from models.fees.bill import ServiceCharge
from models.fees.money import yuan
from models.people.tenant import Tenant
from models.people.unit import Unit

MOST_UNITS = 40


class ChargeHandover(Base):
    """Somebody stood by the month's charges as they were at that moment. One for each month, the last one counts."""

    __tablename__ = "charge_handover"

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(unique=True)
    charges: Mapped[int]
    amount_fen: Mapped[int]
    handed_by: Mapped[str]
    handed_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class UnitCharges:
    """What a tenant has to pay for work in a unit; unit: "" for what belongs to none."""

    unit: str
    tenant: str
    charges: int
    amount_fen: int


async def by_unit(session: AsyncSession, month: Month) -> list[UnitCharges]:
    """The month's charges, in the order of units."""
    rows = await session.execute(
        select(Unit.code, Tenant.name, func.count(), func.sum(ServiceCharge.amount_fen))
        .join(Tenant, Tenant.id == ServiceCharge.tenant_id)
        .outerjoin(Unit, Unit.id == ServiceCharge.unit_id)
        .where(ServiceCharge.month == str(month))
        .group_by(Unit.code, Tenant.name)
        .order_by(Unit.code, Tenant.name)
    )
    return [UnitCharges(code or "", name, count, int(fen)) for code, name, count, fen in rows]


async def hand_over(
    session: AsyncSession, month: Month, units: list[UnitCharges], *, by: str, now: datetime
) -> ChargeHandover:
    """Notes it; a later one takes the place of an earlier."""
    figures = {
        "charges": sum(each.charges for each in units),
        "amount_fen": sum(each.amount_fen for each in units),
    }
    first = {"month": str(month), **figures, "handed_by": by, "handed_at": now}
    await insert_new(session, ChargeHandover, [first])
    query = select(ChargeHandover).where(ChargeHandover.month == str(month)).with_for_update()
    row: ChargeHandover = (await session.scalars(query)).one()
    row.charges, row.amount_fen = figures["charges"], figures["amount_fen"]
    row.handed_by, row.handed_at = by, now
    await session.flush()
    return row


async def handed_over(session: AsyncSession, month: Month) -> bool:
    """Whether finance has the month's charges, be there none."""
    found = await session.scalar(select(ChargeHandover.id).where(ChargeHandover.month == str(month)))
    return found is not None


def handover_text(month: Month, units: list[UnitCharges]) -> str:
    """The summary as finance reads it; a long list is cut, its total is not."""
    if not units:
        return f"{month.label}没有需要月结的有偿服务费。"
    total = yuan(sum(each.amount_fen for each in units))
    lines = [
        f"· {each.unit or '（无单元）'} {each.tenant}：{each.charges} 笔，{yuan(each.amount_fen)} 元"
        for each in units[:MOST_UNITS]
    ]
    more = [f"……另有 {len(units) - MOST_UNITS} 个单元"] if len(units) > MOST_UNITS else []
    count = sum(each.charges for each in units)
    return "\n".join([f"{month.label}有偿服务费分单元汇总：{count} 笔，合计 {total} 元", *lines, *more])
