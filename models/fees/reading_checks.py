"""Whether a value can stand among the marks of its meter, and what to ask about it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.bill import Bill, BillLine, BillRun, BillStatus, RunStatus
from models.fees.meter_book import Mark, MeterBook
from models.fees.metering import Problem, ReadingProblem, plausibility
from models.rules import Rules

FROZEN = "这块表的本期账单正在审批，请先请财务退回账单，再改读数。"
BILLED = "该读数已经出账，不能修改。如确有错误，请联系财务更正账单。"
ESTIMATE_BILLED = "该月已按估读出账。实际读数请按本月报来，差额自动在下一份账单结算。"


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
    """Whether a value agrees with the marks before and after its day.

    A late one re-anchors the mark after it, and is refused once that is billed; history charges nothing.
    """
    earlier, later = book.before(mark.on), book.after(mark.on)
    if later is not None and later.charged and not mark.settled:
        text = f"{later.on} 的读数已出账，不能在其前补录。请先冲正该账单。"
        return ReadingProblem(Problem.BILLED, text)
    before = book.usage(earlier, mark)
    if isinstance(before, ReadingProblem) or later is None:
        return before if isinstance(before, ReadingProblem) else None
    after = book.through(mark, later)
    if isinstance(after, ReadingProblem) and later.estimated:
        text = f"{later.on} 的估读 {later.value:f} 与这个读数不符，请先重新估读，或补上那一次的实际读数。"
        return ReadingProblem(Problem.LOWER, text)
    return after if isinstance(after, ReadingProblem) else None


def reanchored(book: MeterBook, on: date, value: Decimal) -> str:
    """How a late value changes the usage of the mark after it, in words; "" where none comes after it."""
    earlier, later = book.before(on), book.after(on)
    if later is None or earlier is None:
        return ""
    old, new = book.usage(earlier, later), book.through(Mark("reading", 0, on, value, None), later)
    if isinstance(old, ReadingProblem) or isinstance(new, ReadingProblem):
        return ""
    return f"{later.on} 的用量由 {old.quantity:f} 改为 {new.quantity:f}"


def doubts_about(book: MeterBook, on: date, value: Decimal, occupied: bool, rules: Rules) -> list[str]:
    """What to ask about a value; nothing about a first one."""
    start = book.before(on)
    used = book.rate(start, Mark("reading", 0, on, value, None)) if start else None
    if start is None or used is None:
        return []
    history = book.history(start.on)
    found = plausibility(used, history, occupied, odd_factor=rules.fees.odd_usage_factor)
    return [doubt.text for doubt in found]
