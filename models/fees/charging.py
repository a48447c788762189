"""有偿服务单 entered by hand: work a tenant pays for with the month's bill [manual flow chart: 20–22 日]."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.clock import local_date
from models.errors import UserError
from models.fees.bill import Bill, BillLine, BillRun, BillStatus, RunStatus, ServiceCharge
from models.fees.money import parse_yuan, yuan
from models.people.tenant import Tenant, tenants_in
from models.people.unit import Unit, find_unit

EXAMPLE = "有偿 A-1203 更换门锁 120.50"


@dataclass(frozen=True, slots=True)
class ChargeWords:
    """What was typed: the unit, what was done, and the amount."""

    unit: str
    name: str
    amount_fen: int


def parse_charge(text: str) -> ChargeWords:
    """ "A-1203 更换门锁 120.50" in parts.

    Raises: UserError with an example.
    """
    words = unicodedata.normalize("NFKC", text).split()
    if len(words) < 3:
        raise UserError(f"请写成：有偿 单元 项目 金额，例如：{EXAMPLE}")
    amount_fen = parse_yuan(words[-1])
    if not amount_fen:
        raise UserError("金额要大于 0，请核对后重发。")
    return ChargeWords(words[0], " ".join(words[1:-1])[:60], amount_fen)


async def enter_charge(
    session: AsyncSession, words: ChargeWords, *, by: str, now: datetime
) -> tuple[ServiceCharge, Tenant]:
    """Puts the charge on the present month, for whoever rents the unit today.

    Raises: UserError; also for the same charge twice, which is a slip more often than not.
    """
    unit, tenant = await payer_in(session, words.unit, now)
    month = str(Month.of(local_date(now)))
    same = select(ServiceCharge.id).where(
        ServiceCharge.tenant_id == tenant.id,
        ServiceCharge.unit_id == unit.id,
        ServiceCharge.month == month,
        ServiceCharge.name == words.name,
        ServiceCharge.amount_fen == words.amount_fen,
    )
    if known := await session.scalar(same.limit(1)):
        raise UserError(f"本月已记过同样一笔（编号 {known}）。如果是另一次服务，请在项目名里加上日期再发。")
    charge = ServiceCharge(
        tenant_id=tenant.id, unit_id=unit.id, month=month, name=words.name, amount_fen=words.amount_fen,
        entered_by=by, entered_at=now,
    )  # fmt: skip
    session.add(charge)
    await session.flush()
    return charge, tenant


async def payer_in(session: AsyncSession, code: str, now: datetime) -> tuple[Unit, Tenant]:
    """The unit meant, and who rents it today.

    Raises: UserError.
    """
    unit = await find_unit(session, code)
    if unit is None:
        raise UserError(f"没有找到单元“{code[:20]}”，请核对单元号，例如 A-1203。")
    tenants = await tenants_in(session, unit.id, local_date(now))
    if not tenants:
        raise UserError(f"{unit.code} 目前没有租户，不能记费用。")
    return unit, tenants[0]


async def withdraw_charge(session: AsyncSession, charge_id: int) -> ServiceCharge:
    """Takes a charge back that is on no bill yet.

    Raises: UserError.
    """
    charge = await session.get(ServiceCharge, charge_id, with_for_update=True)
    if charge is None:
        raise UserError("没有这笔有偿服务费，请核对编号。发送“有偿”看本月清单。")
    if charge.bill_id is not None or charge.id in await charges_being_billed(session):
        raise UserError("这笔费用已在账单上，不能撤销。请联系财务。")
    await session.delete(charge)
    await session.flush()
    return charge


async def charges_being_billed(session: AsyncSession) -> set[int]:
    """Charges on drafts that somebody has already checked."""
    sources = await session.scalars(
        select(BillLine.source)
        .join(Bill, Bill.id == BillLine.bill_id)
        .join(BillRun, BillRun.id == Bill.run_id)
        .where(Bill.status == BillStatus.DRAFT, BillRun.status != RunStatus.DRAFT)
    )
    return {source["charge_id"] for source in sources if "charge_id" in source}


async def charges_text(session: AsyncSession, month: Month, most: int = 20) -> str:
    """The month's charges, newest first; a long list is cut, its total is not."""
    rows = (
        await session.execute(
            select(ServiceCharge, Tenant.name)
            .join(Tenant, Tenant.id == ServiceCharge.tenant_id)
            .where(ServiceCharge.month == str(month))
            .order_by(ServiceCharge.id.desc())
        )
    ).all()
    if not rows:
        return f"{month.label}还没有有偿服务费。录入请发送：{EXAMPLE}"
    total = sum(charge.amount_fen for charge, _ in rows)
    lines = [
        f"{charge.id}. {name} {charge.name} {yuan(charge.amount_fen)} 元" for charge, name in rows[:most]
    ]
    more = [f"……另有 {len(rows) - most} 笔"] if len(rows) > most else []
    head = f"{month.label}有偿服务费 {len(rows)} 笔，合计 {yuan(total)} 元："
    return "\n".join([head, *lines, *more, "撤销请发送“有偿 撤销 编号”。"])
