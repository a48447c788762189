"""What finance should look at in a draft besides its total: what is estimated, shared, held, late, carried."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.bill import Bill, BillLine, BillRun
from models.fees.deposit import DEPOSIT
from models.fees.late_bills import CODE as PENALTY
from models.fees.meter import Reading
from models.fees.money import yuan
from models.fees.pool import PoolMonth
from models.fees.sources.carried import TO_NEXT


async def notes_on(session: AsyncSession, run: BillRun) -> list[str]:
    """A sentence for each that occurs."""
    rows = await session.execute(
        select(BillLine.code, func.count(), func.sum(BillLine.amount_fen))
        .join(Bill, Bill.id == BillLine.bill_id)
        .where(Bill.run_id == run.id, BillLine.code.in_([DEPOSIT, PENALTY, TO_NEXT]))
        .group_by(BillLine.code)
    )
    sums = {code: (count, int(fen)) for code, count, fen in rows}
    notes = [*await _estimates(session, run), *await _pools(session, run)]
    for code, words in ((PENALTY, "违约金"), (DEPOSIT, "押金（不计收入）"), (TO_NEXT, "不足零、结转下期")):
        if code in sums:
            count, fen = sums[code]
            notes.append(f"{words} {count} 项，{yuan(fen)} 元")
    return notes


async def _estimates(session: AsyncSession, run: BillRun) -> list[str]:
    count = await session.scalar(
        select(func.count(Reading.id)).where(Reading.month == run.month, Reading.estimated)
    )
    return [f"估读 {count} 块表，账单上标“估”"] if count else []


async def _pools(session: AsyncSession, run: BillRun) -> list[str]:
    row = (
        await session.execute(
            select(func.count(), func.sum(PoolMonth.pool_fen), func.sum(PoolMonth.centre_fen)).where(
                PoolMonth.month == run.month
            )
        )
    ).one()
    count, pool_fen, centre_fen = row
    if not count:
        return []
    return [f"公摊 {count} 个，{yuan(int(pool_fen))} 元，其中空置单元由中心承担 {yuan(int(centre_fen))} 元"]
