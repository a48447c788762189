"""Whether what a letter asks for has been paid meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.bill import Bill, BillKind
from models.fees.pause import DunningStep
from models.notices.notice import Notice, NoticeKind


async def is_paid(session: AsyncSession, notice: Notice) -> bool:
    """Whether nothing of what the letter counts for is owed any more."""
    return notice.id in await paid_notices(session, [notice])


async def paid_notices(session: AsyncSession, notices: Sequence[Notice]) -> set[int]:
    """Ids of the letters that ask for nothing any more. A payment notice stands for the bill of its month, a
    dunning letter for the bills it was a step for.
    """
    ids = [notice.id for notice in notices]
    by_month = (
        select(Notice.id)
        .join(
            Bill,
            (Bill.tenant_id == Notice.tenant_id)
            & (Bill.month == Notice.month)
            & (Bill.kind == BillKind.MONTH),
        )
        .where(Notice.id.in_(ids), Notice.kind == NoticeKind.PAYMENT)
    )
    by_step = (
        select(DunningStep.notice_id)
        .join(Bill, Bill.id == DunningStep.bill_id)
        .where(DunningStep.notice_id.in_(ids))
    )
    owing = {
        *await session.scalars(by_month.where(Bill.paid_fen < Bill.total_fen)),
        *await session.scalars(by_step.where(Bill.paid_fen < Bill.total_fen)),
    }
    about = {*await session.scalars(by_month), *await session.scalars(by_step)}
    return about - owing
