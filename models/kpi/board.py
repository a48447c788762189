"""All measures of a month together, with the reasons that were noted."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.clock import local_date
from models.errors import UserError
from models.fees.bill import BillRun, RunKind, RunStatus
from models.kpi.collection import collection
from models.kpi.desk import CLOCKS, desk_measure
from models.kpi.entries import entry_accuracy
from models.kpi.letters import notice_errors, sign_off
from models.kpi.measure import Kpi, Measure, Miss
from models.kpi.reason import MissReason, explained
from models.rules import Rules

Measuring = Callable[[AsyncSession, Month, datetime, Rules], Awaitable[Measure]]
MEASURES: dict[Kpi, Measuring] = {
    Kpi.NOTICES: notice_errors,
    Kpi.ENTRIES: entry_accuracy,
    Kpi.COLLECTION: collection,
    Kpi.SIGN_OFF: sign_off,
}
_MONTH_IN_NUMBER = re.compile(r"[A-Z]{2}-([0-9]{4})([0-9]{2})-[0-9]+", re.ASCII)
LONGEST_NOTE = 100


async def measure(session: AsyncSession, kpi: Kpi, month: Month, now: datetime, rules: Rules) -> Measure:
    """One measure; each miss with its reason."""
    if kpi in CLOCKS:
        return await explained(session, await desk_measure(session, kpi, month, now, rules))
    return await explained(session, await MEASURES[kpi](session, month, now, rules))


async def board(session: AsyncSession, month: Month, now: datetime, rules: Rules) -> list[Measure]:
    """Every measure of the month."""
    return [await measure(session, kpi, month, now, rules) for kpi in MEASURES]


async def latest_billed(session: AsyncSession, today_month: Month) -> Month:
    """The newest month whose bills are out; the present one while there is none."""
    newest = await session.scalar(
        select(func.max(BillRun.month)).where(
            BillRun.status == RunStatus.ISSUED, BillRun.kind == RunKind.MONTH
        )
    )
    return Month.parse(newest, today_month.last_day) if newest else today_month


async def find_miss(session: AsyncSession, number: str, now: datetime, rules: Rules) -> Miss:
    """The miss somebody means by its number. Raises UserError."""
    wanted = number.strip().upper()
    parsed = _MONTH_IN_NUMBER.fullmatch(wanted)
    if parsed is None or not 1 <= int(parsed[2]) <= 12:
        raise UserError("请写明编号，例如：原因 JF-202603-0001 联系不上。编号见“统计 签收 3月”这样的明细。")
    month = Month(int(parsed[1]), int(parsed[2]))
    for each in await board(session, month, now, rules):
        for miss in each.misses:
            if miss.item == wanted:
                return miss
    raise UserError(
        f"{wanted} 没有列在{month.label}的未达标明细里，不需要写原因（{local_date(now):%m-%d} 的数据）。"
    )


async def note_reason(
    session: AsyncSession, item: str, code: str, note: str, *, by: str, now: datetime, reasons: Sequence[str]
) -> MissReason:
    """Notes or changes the reason of a miss. Raises UserError for a code that is none."""
    if code not in reasons:
        raise UserError(f"请从这些原因里选一个：{'、'.join(reasons)}。")
    row: MissReason | None = await session.scalar(
        select(MissReason).where(MissReason.item == item).with_for_update()
    )
    if row is None:
        row = MissReason(item=item)
        session.add(row)
    row.code, row.note, row.set_by, row.set_at = code, note.strip()[:LONGEST_NOTE], by, now
    await session.flush()
    return row
