"""Paid repairs: what the tenant agreed to goes on the bill of the month [domain §10]."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.cases.advance import advance
from models.cases.case import Case, timeline
from models.cases.workflow import Act
from models.clock import local_date
from models.errors import UserError
from models.fees.bill import ServiceCharge


async def agree(session: AsyncSession, case: Case, act: Act) -> int:
    """The tenant agrees to the last offer; the amount in 分. A second offer adds to the first while it is unbilled."""
    await advance(session, case, "同意", act)
    offer = next(event for event in reversed(await timeline(session, case.id)) if event.move == "报价")
    amount_fen = int(offer.data["amount_fen"])
    charge = await session.scalar(
        select(ServiceCharge).where(ServiceCharge.case_id == case.id).with_for_update()
    )
    if charge is None:
        session.add(_charge(case, act, offer.note, amount_fen))
    elif charge.bill_id is not None:
        raise UserError(f"{case.number} 的费用已经出账，追加的部分请发送“人工”联系服务中心。")
    else:
        charge.amount_fen += amount_fen
    return amount_fen


def _charge(case: Case, act: Act, what: str, amount_fen: int) -> ServiceCharge:
    return ServiceCharge(
        tenant_id=case.tenant_id,
        unit_id=case.unit_id,
        month=str(Month.of(local_date(act.now))),
        name=f"有偿维修 {case.number} {what}".strip(),
        amount_fen=amount_fen,
        case_id=case.id,
        entered_by=act.actor_key,
        entered_at=act.now,
    )
