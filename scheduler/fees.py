"""What a month's bills need beyond one message: long drafts and long issues go on in the background, chunk by chunk."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.working_days import Calendar
from models.fees.bill import Bill, BillRun, BillStatus, RunStatus
from models.fees.bill_cards import tell_drafted, tell_issued
from models.fees.bill_draft import continue_draft
from models.fees.bill_issue import continue_issue
from models.rules import Rules
from scheduler.registry import UnitsOfWork


async def continue_issuing(units: UnitsOfWork, now: datetime, rules: Rules, calendar: Calendar) -> int:
    """Does what is left of drafts and issues, each chunk in a transaction of its own; how many chunks that took.

    Called on every tick and after a restart; costs one query when nothing is left.
    """
    chunks = 0
    while True:
        async with units.begin() as session:
            run = await _unfinished(session)
            if run is None:
                await session.rollback()
                return chunks
            await _one_chunk(session, run, now, rules, calendar)
            chunks += 1


def unfinished() -> ColumnElement[bool]:
    """Runs with tenants to be drafted or bills to be issued."""
    in_draft = exists().where(Bill.run_id == BillRun.id, Bill.status == BillStatus.DRAFT)
    return or_(
        and_(BillRun.status == RunStatus.DRAFT, BillRun.drafted_through.is_not(None)),
        and_(BillRun.status == RunStatus.ISSUED, in_draft),
    )


async def _unfinished(session: AsyncSession) -> BillRun | None:
    """The first of them, locked."""
    found: BillRun | None = await session.scalar(
        select(BillRun).where(unfinished()).order_by(BillRun.month).limit(1).with_for_update()
    )
    return found


async def _one_chunk(
    session: AsyncSession, run: BillRun, now: datetime, rules: Rules, calendar: Calendar
) -> None:
    if run.status is RunStatus.DRAFT:
        left = await continue_draft(session, run, rules=rules, calendar=calendar)
        if not left:
            await tell_drafted(session, run, now=now, rules=rules)
        return
    left = await continue_issue(session, run, now=now, rules=rules, calendar=calendar)
    if not left:
        await tell_issued(session, run, now=now, rules=rules)
