"""Which steps of the month of fees have not happened yet, and who holds them [manual flow chart]."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.fees.bill import BillRun, RunStatus, ServiceCharge

_HOLDERS: dict[RunStatus | None, tuple[str, str]] = {
    None: ("fees.bill", "还没有出账，请核对后发送：出账"),
    RunStatus.DRAFT: ("fees.check", "已出账，等待复核，请发送：复核"),
    RunStatus.CHECKED: ("fees.approve", "已复核，等待批准，请发送：批准"),
}


async def charges_entered(session: AsyncSession, month: Month) -> int:
    """How many service charges the month has."""
    query = select(func.count()).select_from(ServiceCharge).where(ServiceCharge.month == str(month))
    return await session.scalar(query) or 0


async def holder_of_run(session: AsyncSession, month: Month) -> tuple[str, str] | None:
    """Permission of those who have the month's bills in hand, and what they should do; None when issued."""
    status = await session.scalar(select(BillRun.status).where(BillRun.month == str(month)))
    return _HOLDERS.get(status)
