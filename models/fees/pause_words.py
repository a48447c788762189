"""What holds the dunning ladder at present, as a list for staff."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.pause import DunningPause, PauseKind, PauseOutcome
from models.people.staff import Staff
from models.people.tenant import Tenant

MOST_LINES = 30


async def running_text(session: AsyncSession, today: date) -> str:
    """Everything that runs, the first to end first; a long list is cut, its number is not."""
    rows = await session.execute(
        select(DunningPause, Tenant.name, Staff.name)
        .join(Tenant, Tenant.id == DunningPause.tenant_id)
        .outerjoin(Staff, Staff.userid == DunningPause.owner)
        .where(DunningPause.lifted_at.is_(None), DunningPause.until_on >= today)
        .order_by(DunningPause.until_on, DunningPause.id)
    )
    lines = [_line(pause, tenant, owner or "财务") for pause, tenant, owner in rows]
    if not lines:
        return "目前没有暂停催款的租户。"
    more = [f"另有 {len(lines) - MOST_LINES} 家"] if len(lines) > MOST_LINES else []
    return "\n".join([f"【暂停催款】共 {len(lines)} 项", *lines[:MOST_LINES], *more])


def _line(pause: DunningPause, tenant: str, owner: str) -> str:
    decided = f"（{pause.outcome}，待更正账单）" if pause.outcome is PauseOutcome.UPHELD else ""
    why = f"：{pause.reason[:40]}" if pause.reason else ""
    day = f"{pause.until_on.month}月{pause.until_on.day}日"
    return f"· {pause.number} {tenant} {pause.kind}{decided}至{day}，跟进人 {owner}{why}"


async def disputes_todo(session: AsyncSession, userid: str) -> str:
    """The disputes this member has to answer, the oldest first, also those whose time has run out; "" when none."""
    rows = await session.execute(
        select(DunningPause, Tenant.name)
        .join(Tenant, Tenant.id == DunningPause.tenant_id)
        .where(DunningPause.kind == PauseKind.DISPUTE, DunningPause.outcome == PauseOutcome.OPEN)
        .where(DunningPause.owner == userid, DunningPause.lifted_at.is_(None))
        .order_by(DunningPause.id)
    )
    lines = [
        f"· {pause.number} {name} 异议：{pause.reason[:30]}（{pause.until_on:%m-%d} 前答复）"
        for pause, name in rows
    ]
    more = [f"另有 {len(lines) - MOST_LINES} 项异议"] if len(lines) > MOST_LINES else []
    return "\n".join([*lines[:MOST_LINES], *more])
