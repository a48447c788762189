"""Issuing the bills of an approved run: number, credit, notice. In chunks; a crash in between is continued.

The run says ISSUED from the first chunk on; a bill still in draft under it is what remains to be done.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.audit.entry import record
from models.calendar.working_days import Calendar
from models.fees.account import lock_accounts
from models.fees.bill import Bill, BillRun, BillStatus, RunStatus, ServiceCharge, lines_of
from models.fees.bill_draft import CHUNK
from models.fees.credit import use_credit
from models.fees.meter import Handover, Reading
from models.notices.issue import make_payment_notice
from models.rules import Rules
from models.sequence import next_number


async def continue_issue(
    session: AsyncSession,
    run: BillRun,
    *,
    now: datetime,
    rules: Rules,
    calendar: Calendar,
    limit: int = CHUNK,
) -> int:
    """Issues the next bills of the run; how many are left. `run` must be locked and approved."""
    if run.status is not RunStatus.ISSUED:
        raise ValueError("only an approved run is issued")
    waiting = select(Bill).where(Bill.run_id == run.id, Bill.status == BillStatus.DRAFT)
    rows = await session.scalars(waiting.order_by(Bill.tenant_id).limit(limit).with_for_update())
    bills = list(rows)
    await lock_accounts(session, [bill.tenant_id for bill in bills])
    for bill in bills:
        await _issue(session, run, bill, now)
        await make_payment_notice(session, bill, run.issued_by.removeprefix("staff:"), now, rules, calendar)
    return await session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


async def _issue(session: AsyncSession, run: BillRun, bill: Bill, now: datetime) -> None:
    bill.number = await _number(session, run)
    bill.status, bill.issued_at = BillStatus.ISSUED, now
    lines = await lines_of(session, bill.id)
    await _mark_charged(session, bill, [line.source for line in lines])
    credit_fen = await use_credit(session, bill)
    await record(
        session,
        actor=run.issued_by,
        action="bill.issue",
        subject=f"bill:{bill.id}",
        now=now,
        detail={"number": bill.number, "total_fen": bill.total_fen, "credit_fen": credit_fen},
    )


async def _number(session: AsyncSession, run: BillRun) -> str:
    number = await next_number(session, f"bill:{run.month}")
    return f"ZD-{run.month.replace('-', '')}-{number:04}"


async def _mark_charged(session: AsyncSession, bill: Bill, sources: list[dict[str, Any]]) -> None:
    """Readings and charges on the bill belong to it from now on, so that nothing is charged twice."""
    ends = [source["to"] for source in sources if "to" in source]
    for table, name in ((Reading, "reading"), (Handover, "handover")):
        ids = [end["id"] for end in ends if end["table"] == name]
        await session.execute(update(table).where(table.id.in_(ids)).values(bill_id=bill.id))
    charges = [source["charge_id"] for source in sources if "charge_id" in source]
    await session.execute(update(ServiceCharge).where(ServiceCharge.id.in_(charges)).values(bill_id=bill.id))
    for source in (source for source in sources if "to" in source):
        await _close_overtaken(session, bill, source)


async def _close_overtaken(session: AsyncSession, bill: Bill, source: dict[str, Any]) -> None:
    """A reading still in question, whose days are now charged by a later one, is settled with it."""
    await session.execute(
        update(Reading)
        .where(
            Reading.meter_id == source["meter_id"],
            Reading.month < source["to"]["on"][:7],
            Reading.bill_id.is_(None),
            ~Reading.confirmed,
        )
        .values(bill_id=bill.id)
    )
