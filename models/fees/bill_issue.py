"""Issuing the bills of an approved run: number, credit, notice. In chunks; a crash in between is continued.

The run says ISSUED from the first chunk on; a bill still in draft under it is what remains to be done.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.audit.entry import record
from models.calendar.working_days import Calendar
from models.fees.account import lock_accounts
from models.fees.bill import (
    Bill,
    BillLine,
    BillReversal,
    BillRun,
    BillStatus,
    ReversalCause,
    RunKind,
    RunStatus,
)
from models.fees.bill_reversal import to_replace
from models.fees.credit import use_credit, with_credit
from models.fees.pause import hand_on_steps
from models.fees.sources import SOURCES
from models.fees.sources.source import ChargedLine
from models.notices.issue import make_payment_notice
from models.rules import Rules
from models.sequence import next_number

CHUNK = 50


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
    tenant_ids = [bill.tenant_id for bill in bills]
    await lock_accounts(session, tenant_ids)
    creditors = await with_credit(session, tenant_ids)
    await _mark_charged(session, bills)
    replaced = await _replace(session, run, bills)
    for bill in bills:
        await _issue(session, run, bill, now, credit=bill.tenant_id in creditors)
        await make_payment_notice(
            session, bill, run.issued_by.removeprefix("staff:"), now, rules, calendar,
            due_note=run.due_note, replaced=replaced.get(bill.id),
        )  # fmt: skip
    run.to_issue -= len(bills)
    await session.flush()
    return max(run.to_issue, 1) if len(bills) == limit and run.to_issue else 0


async def _issue(session: AsyncSession, run: BillRun, bill: Bill, now: datetime, *, credit: bool) -> None:
    """credit: whether the tenant has any."""
    bill.number = await _number(session, run)
    bill.status, bill.issued_at = BillStatus.ISSUED, now
    credit_fen = await use_credit(session, bill, now) if credit else 0
    await record(
        session,
        actor=run.issued_by,
        action="bill.issue",
        subject=f"bill:{bill.id}",
        now=now,
        detail={"number": bill.number, "total_fen": bill.total_fen, "credit_fen": credit_fen},
    )


async def _replace(session: AsyncSession, run: BillRun, bills: Sequence[Bill]) -> dict[int, BillReversal]:
    """The reversals that these bills put right, by the id of the new bill. Steps of the dunning ladder are kept where
    the demand was right all along: not where the amount was our mistake [practice].
    """
    if run.kind is RunKind.MONTH:
        return {}
    found = await to_replace(session, run.month, [bill.tenant_id for bill in bills])
    replaced = {bill.id: found[bill.tenant_id] for bill in bills if bill.tenant_id in found}
    for bill_id, reversal in replaced.items():
        reversal.replacement_id = bill_id
        if reversal.cause in (ReversalCause.CONTRACT, ReversalCause.OTHER):
            await hand_on_steps(session, reversal.bill_id, bill_id)
    await session.flush()
    return replaced


async def _number(session: AsyncSession, run: BillRun) -> str:
    number = await next_number(session, f"bill:{run.month}")
    return f"ZD-{run.month.replace('-', '')}-{number:04}"


async def _mark_charged(session: AsyncSession, bills: Sequence[Bill]) -> None:
    """What the lines were computed from belongs to them from now on, so that nothing is charged twice."""
    rows = await session.execute(
        select(Bill.id, Bill.tenant_id, BillLine.code, BillLine.amount_fen, BillLine.source)
        .join(BillLine, BillLine.bill_id == Bill.id)
        .where(Bill.id.in_([bill.id for bill in bills]))
    )
    lines = [ChargedLine(*row) for row in rows]
    for source in SOURCES:
        own = [line for line in lines if line.code in source.codes]
        if source.charge and own:
            await source.charge(session, own)
