"""Which steps of the month of fees have not happened yet, and who holds them [manual flow chart]."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.fees.bill import BillRun, RunStatus, ServiceCharge
from models.fees.charge_handover import handed_over

_HOLDERS: dict[RunStatus | None, tuple[str, str]] = {
    None: ("fees.bill", "还没有出账，请核对后发送：出账"),
    RunStatus.DRAFT: ("fees.check", "已出账，等待复核，请发送：复核"),
    RunStatus.CHECKED: ("fees.approve", "已复核，等待批准，请发送：批准"),
}


async def charges_missing(session: AsyncSession, month: Month) -> str:
    """What is still to be done with the month's service charges, in words; "" once finance has them."""
    if await handed_over(session, month):
        return ""
    query = select(func.count()).select_from(ServiceCharge).where(ServiceCharge.month == str(month))
    count = await session.scalar(query)
    return f"已录入 {count} 笔，还没有提交财务" if count else "还没有录入，也没有提交财务"


async def holder_of_run(session: AsyncSession, month: Month) -> tuple[str, str] | None:
    """Permission of those who have the month's bills in hand, and what they should do; None when issued."""
    status = await session.scalar(select(BillRun.status).where(BillRun.month == str(month)))
    return _HOLDERS.get(status)
