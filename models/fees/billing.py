"""The life of a month's run after its draft: checked by finance, approved by the project manager, or sent back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.clock import local
from models.errors import UserError
from models.fees.bill import Bill, BillRun, RunStatus
from models.fees.bill_draft import draft_word, run_label
from models.fees.meter import Reading
from models.fees.sources import SOURCES
from models.people.staff import Staff


async def locked_run(session: AsyncSession, run_id: int) -> BillRun:
    """The run behind a card, to be changed, as it stands now.

    Raises: UserError.
    """
    run = await session.get(BillRun, run_id, with_for_update=True, populate_existing=True)
    if run is None:
        raise UserError("没有找到这次出账，可能已经重做。发送“出账”查看。")
    return run


async def waiting_run(session: AsyncSession, status: RunStatus, month: Month | None = None) -> BillRun:
    """The one run in that state, oldest first, to be changed. month: where it is named, its newest run in any state.

    Raises: UserError when there is none.
    """
    query = select(BillRun).limit(1).with_for_update().execution_options(populate_existing=True)
    if month is None:
        query = query.where(BillRun.status == status).order_by(BillRun.month, BillRun.id)
    else:
        query = query.where(BillRun.month == str(month)).order_by(BillRun.id.desc())
    run: BillRun | None = await session.scalar(query)
    if run is None:
        what = "待复核" if status is RunStatus.DRAFT else "待批准"
        where = f"{month.label}" if month else "现在"
        raise UserError(f"{where}没有{what}的账单。")
    return run


async def check_run(session: AsyncSession, run: BillRun, *, by: str, now: datetime) -> str:
    """Finance stands by the draft; a warning, "" when there is none.

    Four eyes: whoever made the draft may check it, but not unseen [practice].

    Raises: UserError.
    """
    if run.status is not RunStatus.DRAFT:
        raise UserError(_already(run))
    if run.drafted_through is not None:
        raise UserError(f"{run_label(run)}还在计算，请稍等几秒再复核。")
    if run.rejected_reason:
        raise UserError(f"这份草稿已被退回：{run.rejected_reason}。请先重新发送“{draft_word(run)}”。")
    await refuse_stale(session, run)
    if await session.scalar(select(Bill.id).where(Bill.run_id == run.id).limit(1)) is None:
        raise UserError("草稿里没有账单，无需复核。请先核对租约、读数和单价，再重新出账。")
    run.status, run.checked_by, run.checked_at = RunStatus.CHECKED, by, now
    return "制单和复核为同一人，请审批人留意" if run.made_by == by else ""


async def send_back(session: AsyncSession, run: BillRun, *, reason: str) -> None:
    """The run is a draft again, with the reason; it has to be drafted anew.

    Raises: UserError once it is issued, or without a reason.
    """
    if run.status is RunStatus.ISSUED:
        raise UserError(_already(run))
    if not reason.strip():
        raise UserError("请写明原因，例如：驳回 A-1203 电费偏高，请核对读数")
    run.status, run.rejected_reason = RunStatus.DRAFT, reason.strip()[:200]
    run.checked_by, run.checked_at = "", None
    await session.flush()


async def approve_run(session: AsyncSession, run: BillRun, *, by: str, now: datetime) -> str:
    """From here on the bills go out (models.fees.bill_issue); a warning, "" when there is none.

    Of two approvals one counts: the run is locked, and the second finds it issued.

    Raises: UserError.
    """
    if run.status is RunStatus.ISSUED:
        raise UserError(_already(run))
    if run.status is RunStatus.DRAFT:
        raise UserError(f"{run_label(run)}还没有复核，请先由财务复核。")
    await refuse_stale(session, run)
    run.status, run.issued_by, run.issued_at = RunStatus.ISSUED, by, now
    run.to_issue = await session.scalar(select(func.count(Bill.id)).where(Bill.run_id == run.id)) or 0
    await session.flush()
    return "复核和批准为同一人" if run.checked_by == by else ""


async def refuse_stale(session: AsyncSession, run: BillRun) -> None:
    """Facts may have changed since the draft was computed.

    Raises: UserError that says which.
    """
    for source in SOURCES:
        if source.stale and (reason := await source.stale(session, run)):
            raise UserError(f"{reason}。请重新发送“{draft_word(run)}”再复核。")


async def readings_since(session: AsyncSession, run: BillRun) -> int:
    """How many readings came in after the draft was made."""
    rows = await session.scalars(
        select(Reading.id).where(Reading.month == run.month, Reading.read_at > run.made_at)
    )
    return len(list(rows))


def _already(run: BillRun) -> str:
    if run.status is RunStatus.ISSUED and run.issued_at:
        at = local(run.issued_at)
        return f"{run_label(run)}已由 {run.issued_by.removeprefix('staff:')} 于 {at:%m-%d %H:%M} 批准，无需重复。"
    return f"{run_label(run)}已复核，等待项目经理批准。"


async def staff_name(session: AsyncSession, actor: str) -> str:
    """The name behind "staff:<userid>", the key itself when unknown."""
    userid = actor.removeprefix("staff:")
    name = await session.scalar(select(Staff.name).where(Staff.userid == userid))
    return name or userid
