"""Who is on shift."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.people.staff import Staff
from models.rules import Rules


async def on_duty(
    session: AsyncSession, now: datetime, rules: Rules, department: str = ""
) -> dict[str, list[Staff]]:
    """Members on shift now by department, in the order they were entered; `department`: only those it is part of."""
    groups: dict[str, list[Staff]] = {}
    for member in await session.scalars(select(Staff).where(Staff.active).order_by(Staff.id)):
        if department.strip() in member.department and member.on_shift(now, rules):
            groups.setdefault(member.department, []).append(member)
    return groups
