"""补账: bills of a month after its run: for who came late, for what was read late, and instead of reversed bills.

A run like the month's own: draft, check, approval, numbers of the same series. It takes what can be charged for the month
and stands on no bill.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.calendar.working_days import Calendar
from models.clock import local_date
from models.errors import UserError
from models.fees.bill import Bill, BillRun, BillStatus, RunKind, RunStatus
from models.fees.bill_draft import gaps_of, lock_run, refuse_ahead, restart, run_label
from models.fees.due_day import late_due_day
from models.rules import Rules

_MOST_GAPS = 8


async def start_supplement(
    session: AsyncSession,
    month: Month,
    tenant_id: int | None,
    *,
    by: str,
    now: datetime,
    rules: Rules,
    calendar: Calendar,
) -> BillRun:
    """The month's supplement, emptied to be drafted (again). tenant_id: None for everybody.

    Raises: UserError before the month's own bills are out, or while a supplement waits for approval.
    """
    refuse_ahead(month, now)
    main = await lock_run(session, month)
    if main.status is not RunStatus.ISSUED:
        raise UserError(f"{run_label(main)}还没有发出，不用补账。请重新发送“出账 {month}”，会一并计入。")
    due = late_due_day(month, local_date(now), rules, calendar)
    run = await _open_turn(session, month)
    if run is None:
        run = BillRun(
            month=str(month), kind=RunKind.SUPPLEMENT, turn=await _next_turn(session, month),
            status=RunStatus.DRAFT, due_on=due.on, made_by=by, made_at=now, facts={},
        )  # fmt: skip
        session.add(run)
        await session.flush()
    run.tenant_id, run.due_on, run.due_note = tenant_id, due.on, due.reason
    await restart(session, run, by=by, now=now, rules=rules, calendar=calendar)
    return run


async def _open_turn(session: AsyncSession, month: Month) -> BillRun | None:
    """The supplement that is still a draft.

    Raises: UserError when one waits for approval.
    """
    run: BillRun | None = await session.scalar(
        _supplements(month).where(BillRun.status != RunStatus.ISSUED).limit(1).with_for_update()
    )
    if run is not None and run.status is RunStatus.CHECKED:
        raise UserError(f"{run_label(run)}已复核，等待批准。需要重算请先由审批人驳回。")
    return run


async def _next_turn(session: AsyncSession, month: Month) -> int:
    last = select(func.max(BillRun.turn)).where(
        BillRun.month == str(month), BillRun.kind == RunKind.SUPPLEMENT
    )
    return (await session.scalar(last) or 0) + 1


def _supplements(month: Month) -> Select[BillRun]:
    return select(BillRun).where(BillRun.month == str(month), BillRun.kind == RunKind.SUPPLEMENT)


async def dropped(session: AsyncSession, run: BillRun) -> str:
    """What is told of a supplement that came to nothing, and is gone; "" when there is something to check."""
    draft = select(Bill.id).where(Bill.run_id == run.id, Bill.status == BillStatus.DRAFT)
    if run.kind is RunKind.MONTH or await session.scalar(draft.limit(1)) is not None:
        return ""
    gaps = await gaps_of(session, run)
    label = run_label(run)
    await session.delete(run)
    await session.flush()
    rest = f"未计入：{'；'.join(gaps[:_MOST_GAPS])}" if gaps else ""
    return f"{label}：没有需要补出的费用，现有账单已包含全部读数和费用。{rest}"
