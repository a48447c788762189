"""车位费: spaces let by the month, one line each; a part month by days or whole, as the rules say [practice]."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.fees.bill_lines import DraftLine, plain
from models.fees.meter import Tariff
from models.fees.money import round_half_up
from models.fees.parking import PARKING_TARIFF, ParkingSpace
from models.fees.sources.source import Found, LineSource, Scope
from models.fees.tariff import load_tariffs, valid_tariff
from models.rules import Rules

CODE = "parking"


def tenants(month: Month) -> Select[int]:
    """Whoever has a space in the month."""
    return select(ParkingSpace.tenant_id).where(
        ParkingSpace.from_on <= month.last_day,
        or_(ParkingSpace.until_on.is_(None), ParkingSpace.until_on >= month.first_day),
    )


async def find(session: AsyncSession, scope: Scope) -> Found:
    """A line for each space."""
    spaces = await session.scalars(
        tenants(scope.month)
        .where(ParkingSpace.tenant_id.in_(scope.tenant_ids))
        .with_only_columns(ParkingSpace)
        .order_by(ParkingSpace.number)
    )
    tariffs = await load_tariffs(session)
    lines, gaps = [], []
    for space in spaces:
        price_yuan = _price(space, tariffs, scope.month)
        if price_yuan is None:
            gaps.append(f"车位 {space.number}：没有登记月租，也没有有效的“{PARKING_TARIFF}”，未计费")
        elif price_yuan:
            lines.append(_line(space, price_yuan, scope.month, scope.rules))
    return Found(lines, gaps)


def _price(space: ParkingSpace, tariffs: Sequence[Tariff], month: Month) -> Decimal | None:
    """The space's own price, or that of the list on the first day it is charged for."""
    if space.price_yuan is not None:
        return space.price_yuan
    tariff = valid_tariff(tariffs, PARKING_TARIFF, max(month.first_day, space.from_on))
    return tariff.price_yuan if tariff else None


def _line(space: ParkingSpace, price_yuan: Decimal, month: Month, rules: Rules) -> DraftLine:
    first = max(month.first_day, space.from_on)
    last = min(month.last_day, space.until_on or month.last_day)
    days = (last - first).days + 1
    whole = days == month.days or rules.fees.parking_part_month == "whole"
    amount = price_yuan * 100 if whole else price_yuan * 100 * days / month.days
    plate = f"（{space.plate}）" if space.plate else ""
    part = "" if whole else f" × {days}/{month.days} 天"
    return DraftLine(
        space.tenant_id,
        CODE,
        f"车位费 {space.number}{plate}",
        f"月租 {plain(price_yuan)} 元{part}",
        round_half_up(amount),
        {
            "key": f"parking:{space.number}",
            "space": space.number,
            "plate": space.plate,
            "price_yuan": plain(price_yuan),
            "days": month.days if whole else days,
            "days_in_month": month.days,
        },
        once=f"parking:{space.id}",
    )


PARKING = LineSource("parking", (CODE,), tenants=tenants, find=find)
