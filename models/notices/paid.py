"""Whether what a letter asks for has been paid meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BindParameter, and_, bindparam, case, select, union_all
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
    rows = (await session.execute(_ABOUT, {"ids": [notice.id for notice in notices]})).all()
    owing = {notice_id for notice_id, is_open in rows if is_open}
    return {notice_id for notice_id, _ in rows} - owing


_IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)
_OPEN = case((and_(Bill.status == BillStatus.ISSUED, Bill.paid_fen < Bill.total_fen), 1), else_=0)
_ABOUT = union_all(
    select(Notice.id, _OPEN).join(Bill, Bill.id == Notice.bill_id).where(Notice.id.in_(_IDS)),
    select(DunningStep.notice_id, _OPEN)
    .join(Bill, Bill.id == DunningStep.bill_id)
    .where(DunningStep.notice_id.in_(_IDS)),
)
"""Each bill that a letter is about, and whether something of it is owed."""
