"""Drafting a run of bills: in chunks of tenants, each a transaction that can be run again.

A draft is thrown away and made anew until somebody checks it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.calendar.working_days import Calendar
from models.clock import local_date
from models.database import insert_new
from models.errors import UserError
from models.fees.bill import Bill, BillGap, BillRun, BillStatus, RunKind, RunStatus
from models.fees.draft_chunk import candidates, draft_chunk, keep_gaps
from models.fees.due_day import due_day
from models.fees.sources import SOURCES
from models.fees.sources.source import Scope
from models.rules import Rules

CHUNK = 500
"""Tenants in one transaction: as many as do not keep a message waiting for more than a moment."""


async def start_draft(
    session: AsyncSession, month: Month, *, by: str, now: datetime, rules: Rules, calendar: Calendar
) -> BillRun:
    """The month's run, emptied to be drafted (again).

    Raises: UserError when it is past drafting, or too early, or where a source finds that it can not be computed.
    """
    refuse_ahead(month, now)
    due = due_day(month, rules, calendar)
    first = {
        "month": str(month), "kind": RunKind.MONTH, "turn": 1, "status": RunStatus.DRAFT, "due_on": due.on,
        "made_by": by, "made_at": now, "facts": {},
    }  # fmt: skip
    await insert_new(session, BillRun, [first])
    run = await lock_run(session, month)
    if run.status is RunStatus.ISSUED:
        raise UserError(
            f"{run_label(run)}已经发出，不能重新出账。漏计的读数和费用会计入下月，急需时请发送“补账 {month}”。"
        )
    if run.status is RunStatus.CHECKED:
        raise UserError(f"{run_label(run)}已复核，等待批准。需要重算请先由审批人驳回。")
    run.due_on, run.due_note = due.on, due.reason
    await restart(session, run, by=by, now=now, rules=rules, calendar=calendar)
    return run


def refuse_ahead(month: Month, now: datetime) -> None:
    """Raises UserError for a month that has not begun."""
    if month > Month.of(local_date(now)):
        raise UserError(f"{month.label}还没有到，请核对月份。")


async def restart(
    session: AsyncSession, run: BillRun, *, by: str, now: datetime, rules: Rules, calendar: Calendar
) -> None:
    """Empties the draft and asks every source what it has to work out first.

    Raises: UserError.
    """
    await _refuse_while_another_waits(session, run)
    run.made_by, run.made_at, run.rejected_reason = by, now, ""
    run.drafted_through, run.drafted = 0, 0
    await session.execute(delete(BillGap).where(BillGap.run_id == run.id))
    scope = Scope(month_of(run), rules, calendar)
    facts = {}
    for source in SOURCES:
        if source.prepare:
            prepared = await source.prepare(session, scope)
            facts[source.name] = dict(prepared.facts)
            await keep_gaps(session, run, prepared.gaps)
    run.facts = facts
    everybody = union(*candidates(run)).subquery()
    run.to_draft = await session.scalar(select(func.count()).select_from(everybody)) or 0
    await session.flush()


async def _refuse_while_another_waits(session: AsyncSession, run: BillRun) -> None:
    """Two drafts at a time would both charge what is not charged yet."""
    other = await session.scalar(
        select(BillRun)
        .join(Bill, Bill.run_id == BillRun.id)
        .where(Bill.status == BillStatus.DRAFT, BillRun.id != run.id)
        .limit(1)
    )
    if other is not None:
        raise UserError(f"{run_label(other)}还没有发完，请先复核、批准，再出{run_label(run)}。")


async def lock_run(session: AsyncSession, month: Month) -> BillRun:
    """The run with the month's own bills, to be changed.

    Raises: UserError when there is none.
    """
    run: BillRun | None = await session.scalar(
        select(BillRun)
        .where(BillRun.month == str(month), BillRun.kind == RunKind.MONTH)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if run is None:
        raise UserError(f"{month.label}还没有出账草稿。请先由财务发送“出账 {month}”。")
    return run


async def continue_draft(
    session: AsyncSession, run: BillRun, *, rules: Rules, calendar: Calendar, limit: int = CHUNK
) -> int:
    """Drafts the next tenants; how many are left. `run` must be locked."""
    if run.drafted_through is None:
        return 0
    done = await draft_chunk(session, run, Scope(month_of(run), rules, calendar), limit)
    run.drafted += done.tenants
    run.drafted_through = done.last_id
    await session.flush()
    return max(run.to_draft - run.drafted, 1) if done.last_id is not None else 0


def month_of(run: BillRun) -> Month:
    """The run's month as a value."""
    year, month = map(int, run.month.split("-"))
    return Month(year, month)


def run_label(run: BillRun) -> str:
    """How people call what the run makes: "2026年3月账单", "2026年3月补账（第2次）"."""
    label = month_of(run).label
    if run.kind is RunKind.MONTH:
        return f"{label}账单"
    return f"{label}补账" if run.turn == 1 else f"{label}补账（第{run.turn}次）"


def draft_word(run: BillRun) -> str:
    """What finance types to make the draft anew."""
    return f"{'出账' if run.kind is RunKind.MONTH else '补账'} {run.month}"


async def gaps_of(session: AsyncSession, run: BillRun) -> list[str]:
    """What the run could not bill, in order."""
    return list(
        await session.scalars(select(BillGap.text).where(BillGap.run_id == run.id).order_by(BillGap.text))
    )
