"""The daily walk up the dunning ladder [manual flow chart: 第11个工作日催款]."""

from __future__ import annotations

from models.calendar.quiet import next_allowed
from models.calendar.working_days import CalendarUnknown
from models.clock import local_date
from models.notices.decided import tell_of_ended, warn_of_ends
from models.notices.dunning_day import overdue_tenants, tell_calendar_unknown, tell_of_day
from models.notices.dunning_letter import dun
from models.notices.legal_list import old_debtors, warn_of_limitation
from scheduler.registry import JobCtx, JobTable, every_day

table = JobTable()
CHUNK = 50


@table.job("dunning.daily", about="按催款阶梯发送通知", when=every_day, hour=10, minute=7, catch_up_days=10)
async def climb(ctx: JobCtx) -> str:
    """One letter at most to each debtor, by the real day: runs that were missed make no second letter.

    In the quiet hours nothing is done at all; the next run finds the same facts.
    """
    if next_allowed(ctx.now, ctx.rules.calendar.quiet_from, ctx.rules.calendar.quiet_until) != ctx.now:
        return "静默时段，留待下一次"
    today = local_date(ctx.now)
    async with ctx.units.begin() as session:
        ids = await overdue_tenants(session, today)
    sent = 0
    try:
        for start in range(0, len(ids), CHUNK):
            sent += await _chunk(ctx, ids[start : start + CHUNK])
    except CalendarUnknown as unknown:
        async with ctx.units.begin() as session:
            await tell_calendar_unknown(session, unknown, today, ctx.now, ctx.rules)
        return str(unknown)
    async with ctx.units.begin() as session:
        told = await tell_of_day(session, today, ctx.now, ctx.rules)
    return told if sent else "今日无需催款"


@table.job(
    "dunning.pauses",
    about="提醒承诺、异议即将到期或未履行",
    when=every_day,
    hour=9,
    minute=7,
    catch_up_days=4,
)
async def pauses(ctx: JobCtx) -> str:
    """To who looks after each, by the real day; each thing is said once."""
    today = local_date(ctx.now)
    async with ctx.units.begin() as session:
        warned = await warn_of_ends(session, today, ctx.now, ctx.rules)
        ended = await tell_of_ended(session, today, ctx.now, ctx.rules)
    return f"将到期 {warned} 项，已到期未了 {ended} 项"


@table.job(
    "dunning.limitation", about="诉讼时效即将届满的提醒", when=every_day, hour=9, minute=17, catch_up_days=10
)
async def limitation(ctx: JobCtx) -> str:
    """By the real day; each of the settings' days is said once."""
    async with ctx.units.begin() as session:
        ids = await old_debtors(session, local_date(ctx.now), ctx.rules)
    near = 0
    for start in range(0, len(ids), CHUNK):
        async with ctx.units.begin() as session:
            chunk = ids[start : start + CHUNK]
            near += sum([await warn_of_limitation(session, each, ctx.now, ctx.rules) for each in chunk])
    return f"临近时效 {near} 家"


async def _chunk(ctx: JobCtx, ids: list[int]) -> int:
    """One transaction; how many letters it made."""
    async with ctx.units.begin() as session:
        made = [await dun(session, tenant_id, ctx.now, ctx.rules, ctx.calendar) for tenant_id in ids]
    return sum(notice is not None for notice in made)
