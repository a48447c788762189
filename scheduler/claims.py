"""Every morning with open claims begins with their board."""

from __future__ import annotations

from models.claims.morning import send_board
from models.clock import local_date
from scheduler.registry import JobCtx, JobTable, every_day

table = JobTable()


@table.job(
    "claims.board",
    about="有在办理赔时，早上把看板发给理赔负责人",
    when=every_day,
    hour=8,
    minute=43,
    catch_up_days=1,
)
async def morning_board(ctx: JobCtx) -> str:
    """As it stands now; after downtime only today's."""
    if local_date(ctx.now) != ctx.day:
        return "由当天的看板代替"
    async with ctx.units.begin() as session:
        count = await send_board(session, ctx.now, ctx.rules)
    return f"在办 {count} 件"
