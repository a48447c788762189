"""Whether a value can stand among the marks of its meter, and what to ask about it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.bill import Bill, BillLine, BillRun, BillStatus, RunStatus
from models.fees.meter_book import Mark, MeterBook, as_replacement
from models.fees.metering import ReadingFact, ReadingProblem, insert_late, plausibility
from models.rules import Rules

FROZEN = "这块表的本期账单正在审批，请先请财务退回账单，再改读数。"
BILLED = "该读数已经出账，不能修改。如确有错误，请联系财务更正账单。"


async def meters_being_billed(session: AsyncSession) -> set[int]:
    """Meters on drafts that somebody has already checked: their readings must hold still."""
    sources = await session.scalars(
        select(BillLine.source)
        .join(Bill, Bill.id == BillLine.bill_id)
        .join(BillRun, BillRun.id == Bill.run_id)
        .where(Bill.status == BillStatus.DRAFT, BillRun.status != RunStatus.DRAFT)
    )
    return {source["meter_id"] for source in sources if "meter_id" in source}


def fits(book: MeterBook, mark: Mark) -> ReadingProblem | None:
    """Whether a value agrees with the marks before and after its day."""
    earlier, later = book.before(mark.on), book.after(mark.on)
    if later is None:
        found = book.usage(earlier, mark)
        return found if isinstance(found, ReadingProblem) else None
    swaps = book.changes_in(earlier.on if earlier else mark.on, later.on)
    result = insert_late(
        ReadingFact(earlier.on, earlier.value) if earlier else None,
        ReadingFact(mark.on, mark.value),
        ReadingFact(later.on, later.value),
        later_billed=later.charged,
        multiplier=book.multiplier_on(later.on),
        replacement=as_replacement(swaps[-1]) if swaps else None,
        digits=book.meter.digits,
    )
    return result if isinstance(result, ReadingProblem) else None


def doubts_about(book: MeterBook, on: date, value: Decimal, occupied: bool, rules: Rules) -> list[str]:
    """What to ask about a value; nothing about a first one."""
    start = book.before(on)
    used = book.usage(start, Mark("reading", 0, on, value, None))
    if start is None or isinstance(used, ReadingProblem):
        return []
    history = book.history(start.on)
    found = plausibility(used.quantity, history, occupied, odd_factor=rules.fees.odd_usage_factor)
    return [doubt.text for doubt in found]
