"""Reminders before a policy ends [manual ¶3.1: 跟进保险合同续保]."""

from __future__ import annotations

from models.clock import local_date
from models.policies.reminders import remind_renewals
from scheduler.registry import JobCtx, JobTable, every_day

table = JobTable()


@table.job(
    "policies.renewals", about="保单到期前提醒续保", when=every_day, hour=9, minute=11, catch_up_days=7
)
async def renewals(ctx: JobCtx) -> str:
    """By the real day: after downtime one reminder says all of it."""
    async with ctx.units.begin() as session:
        due = await remind_renewals(session, local_date(ctx.now), ctx.now, ctx.rules)
    return f"待续保 {due} 份"
