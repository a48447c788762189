"""Whether what a letter asks for has been paid meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.bill import Bill, BillStatus
from models.fees.pause import DunningStep
from models.notices.notice import Notice


async def is_paid(session: AsyncSession, notice: Notice) -> bool:
    """Whether nothing of what the letter counts for is owed any more."""
    return notice.id in await paid_notices(session, [notice])


async def paid_notices(session: AsyncSession, notices: Sequence[Notice]) -> set[int]:
    """Ids of the letters that ask for nothing any more. A payment notice stands for its bill, a dunning letter for the
    bills it was a step for. A reversed bill is owed by nobody.
    """
    ids = [notice.id for notice in notices]
    by_bill = select(Notice.id).join(Bill, Bill.id == Notice.bill_id).where(Notice.id.in_(ids))
    by_step = (
        select(DunningStep.notice_id)
        .join(Bill, Bill.id == DunningStep.bill_id)
        .where(DunningStep.notice_id.in_(ids))
    )
    open_bill = and_(Bill.status == BillStatus.ISSUED, Bill.paid_fen < Bill.total_fen)
    owing = {
        *await session.scalars(by_bill.where(open_bill)),
        *await session.scalars(by_step.where(open_bill)),
    }
    about = {*await session.scalars(by_bill), *await session.scalars(by_step)}
    return about - owing
