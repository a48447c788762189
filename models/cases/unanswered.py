"""Finished repairs, answered questions and answered complaints on which the tenant never said a word."""

from __future__ import annotations

from collections.abc import Sequence
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
    silent = at - timedelta(hours=rules.repair.confirm_h)
    cases = await _silent(session, "repair", ("done", "confirmed"), silent, limit)
    for case in cases:
        await advance(session, case, "自动关闭", Act(System(), now, rules))
    return [case.number for case in cases]


async def close_inquiries(
    session: AsyncSession, at: datetime, now: datetime, rules: Rules, limit: int
) -> list[str]:
    """The same with answered questions, after `inquiry.close_h`."""
    silent = at - timedelta(hours=rules.inquiry.close_h)
    cases = await _silent(session, "inquiry", ("answered",), silent, limit)
    for case in cases:
        await advance(session, case, "自动办结", Act(System(), now, rules))
    return [case.number for case in cases]


async def complaints_to_confirm(session: AsyncSession, at: datetime, rules: Rules) -> list[Case]:
    """Complaints answered `complaint.confirm_h` before `at` and neither praised nor blamed: a person calls.

    The calendar never closes a complaint: its end is confirmed by the tenant [domain §10].
    """
    silent = at - timedelta(hours=rules.complaint.confirm_h)
    return await _silent(session, "complaint", ("answered",), silent, limit=50)


async def _silent(
    session: AsyncSession, workflow: str, states: Sequence[str], since: datetime, limit: int
) -> list[Case]:
    last_event = (
        select(func.max(CaseEvent.at)).where(CaseEvent.case_id == Case.id).correlate(Case).scalar_subquery()
    )
    rows = await session.scalars(
        select(Case)
        .where(Case.workflow == workflow, Case.state.in_(states), last_event <= since)
        .order_by(Case.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(rows)
