"""垃圾清运费 after decoration: by area as the price list says, or as agreed. It is a fee and is not given back."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.clock import local_date
from models.errors import UserError
from models.fees.bill import ServiceCharge
from models.fees.bill_lines import plain
from models.fees.charging import payer_in
from models.fees.money import parse_yuan, round_half_up
from models.fees.tariff import load_tariffs, valid_tariff
from models.people.tenant import Tenant

CODE = "clearance"
TARIFF = "装修清运"
EXAMPLE = "清运 A-1203"


@dataclass(frozen=True, slots=True)
class ClearanceWords:
    """A unit, and an amount where one was agreed."""

    unit: str
    amount_fen: int | None


def parse_clearance(text: str) -> ClearanceWords:
    """ "A-1203" or "A-1203 800" in parts.

    Raises: UserError with an example.
    """
    words = unicodedata.normalize("NFKC", text).split()
    if not 1 <= len(words) <= 2:
        raise UserError(f"请写成：{EXAMPLE}（按面积计），或加上约定金额：{EXAMPLE} 800")
    amount_fen = parse_yuan(words[1]) if len(words) == 2 else None
    if amount_fen == 0:
        raise UserError("金额要大于 0，请核对后重发。")
    return ClearanceWords(words[0], amount_fen)


async def enter_clearance(
    session: AsyncSession, words: ClearanceWords, *, by: str, now: datetime
) -> tuple[ServiceCharge, Tenant]:
    """Puts the fee on the present month of whoever rents the unit today.

    Raises: UserError; also when the unit has one this month.
    """
    unit, tenant = await payer_in(session, words.unit, now)
    month = str(Month.of(local_date(now)))
    same = select(ServiceCharge.id).where(
        ServiceCharge.tenant_id == tenant.id,
        ServiceCharge.unit_id == unit.id,
        ServiceCharge.month == month,
        ServiceCharge.code == CODE,
    )
    if known := await session.scalar(same.limit(1)):
        raise UserError(f"{unit.code} 本月已记过清运费（编号 {known}）。要改请先发送“有偿 撤销 {known}”。")
    amount_fen, basis = words.amount_fen, "按约定金额，一次性收取，不退"
    if amount_fen is None:
        tariff = valid_tariff(await load_tariffs(session), TARIFF, local_date(now))
        if tariff is None:
            raise UserError(f"没有登记“{TARIFF}”的单价，请写明金额，例如：清运 {unit.code} 800")
        amount_fen = round_half_up(unit.area * tariff.price_yuan * 100)
        basis = f"{plain(unit.area)} ㎡ × {plain(tariff.price_yuan)} 元/{tariff.per}，一次性收取，不退"
    charge = ServiceCharge(
        tenant_id=tenant.id, unit_id=unit.id, month=month, name=f"垃圾清运费 {unit.code}", amount_fen=amount_fen,
        code=CODE, basis=basis, entered_by=by, entered_at=now,
    )  # fmt: skip
    session.add(charge)
    await session.flush()
    return charge, tenant
