"""The repair orders that mend what a loss broke, as papers and lists name them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.advance import workflow_of
from models.cases.case import Case
from models.claims.claim import Claim, ClaimRepair
from models.fees.bill import ServiceCharge
from models.fees.money import yuan

_SHOWN = 40


async def repair_lines(session: AsyncSession, claim: Claim) -> tuple[str, ...]:
    """Each with how it stands, and what was agreed to be paid for it."""
    rows = await session.execute(
        select(Case, ServiceCharge.amount_fen)
        .join(ClaimRepair, ClaimRepair.case_id == Case.id)
        .outerjoin(ServiceCharge, ServiceCharge.case_id == Case.id)
        .where(ClaimRepair.claim_id == claim.id)
        .order_by(Case.id)
    )
    return tuple(
        f"{repair.number} {repair.category} {repair.description[:_SHOWN]}：{workflow_of(repair).state(repair.state).label}"
        + (f"，有偿 {yuan(fen)} 元" if fen else "")
        for repair, fen in rows
    )
