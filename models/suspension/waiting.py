"""Suspensions that wait for a member of staff: to approve, to carry out, to restore, to complete."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local
from models.people.staff import Staff
from models.people.tenant import Tenant
from models.rules import Rules
from models.suspension.machine import LIVE, SIDE_RIGHTS, State
from models.suspension.news import EXECUTE
from models.suspension.suspension import Suspension, approvals_of


async def suspensions_todo(session: AsyncSession, member: Staff, rules: Rules) -> str:
    """One line for each that waits for this member; "" when none does."""
    rows = await session.execute(
        select(Suspension, Tenant.name)
        .join(Tenant, Tenant.id == Suspension.tenant_id)
        .where(Suspension.state.in_(LIVE))
        .order_by(Suspension.id)
    )
    lines = []
    for suspension, name in rows:
        if what := await _what(session, suspension, member, rules):
            lines.append(f"· {suspension.number} {name} 暂停{'、'.join(suspension.services)}：{what}")
    return "\n".join(lines)


async def _what(session: AsyncSession, suspension: Suspension, member: Staff, rules: Rules) -> str:
    """What this member has to do about it; "" for nothing."""
    match suspension.state:
        case State.GATHERING if suspension.requested_by == member.userid:
            return "材料未齐，发“暂停申请 租户”继续"
        case State.SUBMITTED | State.ENDORSED:
            approvals = await approvals_of(session, suspension.id)
            if member.userid in {suspension.requested_by, *(each.userid for each in approvals)}:
                return ""
            taken = {each.side for each in approvals}
            mine = [side for side, right in SIDE_RIGHTS.items() if member.may(right, rules)]
            return "待您批准，请点此前收到的卡片" if set(mine) - taken else ""
        case State.APPROVED if member.may(EXECUTE, rules) and suspension.expires_at:
            return f"待执行，{local(suspension.expires_at):%m-%d %H:%M} 前有效"
        case State.RESTORING if member.may(EXECUTE, rules) and suspension.restore_due_at:
            return f"待恢复，{local(suspension.restore_due_at):%m-%d %H:%M} 前完成"
    return ""
