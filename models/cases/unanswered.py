"""Finished repairs on which the tenant never said a word."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.advance import advance
from models.cases.case import Case, CaseEvent
from models.cases.workflow import Act, System
from models.rules import Rules


async def close_unanswered(
    session: AsyncSession, at: datetime, now: datetime, rules: Rules, limit: int
) -> list[str]:
    """Closes up to `limit` repairs that stood finished for `confirm_h` at the instant `at`; their numbers."""
    last_event = (
        select(func.max(CaseEvent.at)).where(CaseEvent.case_id == Case.id).correlate(Case).scalar_subquery()
    )
    silent = at - timedelta(hours=rules.repair.confirm_h)
    rows = await session.scalars(
        select(Case)
        .where(Case.workflow == "repair", Case.state.in_(("done", "confirmed")), last_event <= silent)
        .order_by(Case.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    closed = []
    for case in rows.all():
        await advance(session, case, "自动关闭", Act(System(), now, rules))
        closed.append(case.number)
    return closed
