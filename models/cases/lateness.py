"""Missed targets of the desk, each under a name people can say ("R07-接单"), and who was asked why [domain §12]."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.advance import workflow_of
from models.cases.case import Case, Deadline

_ITEM = re.compile(r"([RTZ])0*([0-9]{1,7})-([^\W\d_]{2})([0-9]?)")


@dataclass(frozen=True, slots=True)
class Late:
    """One missed target. item: its name; late_by: None while it is still missed."""

    deadline_id: int
    item: str
    label: str
    due_at: datetime
    late_by: timedelta | None

    @property
    def late_text(self) -> str:
        """ "晚了 12 分钟"."""
        if self.late_by is None:
            return "至今没有完成"
        minutes = max(1, int(self.late_by.total_seconds() // 60))
        return f"晚了 {minutes} 分钟" if minutes < 120 else f"晚了 {minutes // 60} 小时"


def is_item(text: str) -> bool:
    """Whether somebody means a missed target of the desk."""
    return _ITEM.fullmatch(text.strip().upper()) is not None


def lates_of(case: Case, deadlines: Sequence[Deadline]) -> list[Late]:
    """The missed ones among the deadlines of a case; the second of a kind, after a reopening, is called "R07-接单2"."""
    found, seen = [], dict[str, int]()
    for row in sorted(deadlines, key=lambda each: each.id):
        if row.level != 0:
            continue
        label = workflow_of(case).timer(row.kind).label
        seen[label] = seen.get(label, 0) + 1
        if row.fired_at is None:
            continue
        again = str(seen[label]) if seen[label] > 1 else ""
        ended = row.met_at or row.dropped_at
        late_by = ended - row.due_at if ended else None
        found.append(Late(row.id, f"{case.number}-{label}{again}", label, row.due_at, late_by))
    return found


async def lates(session: AsyncSession, case: Case) -> list[Late]:
    """Every missed target of the case."""
    rows = await session.scalars(select(Deadline).where(Deadline.case_id == case.id, Deadline.level == 0))
    return lates_of(case, rows.all())


async def just_met(session: AsyncSession, case: Case, now: datetime) -> list[Late]:
    """The missed targets that were met this very moment."""
    rows = await session.scalars(
        select(Deadline.id).where(Deadline.case_id == case.id, Deadline.level == 0, Deadline.met_at == now)
    )
    ids = set(rows)
    return [late for late in await lates(session, case) if late.deadline_id in ids]


async def find_late(session: AsyncSession, text: str) -> tuple[Case, Late] | None:
    """The missed target meant by its name."""
    wanted = _ITEM.fullmatch(text.strip().upper())
    if wanted is None:
        return None
    numbers = [f"{wanted[1]}{int(wanted[2]):02d}"]
    case = await session.scalar(select(Case).where(Case.number.in_(numbers)))
    if case is None:
        return None
    item = f"{case.number}-{wanted[3]}{wanted[4]}"
    return next(((case, late) for late in await lates(session, case) if late.item == item), None)
