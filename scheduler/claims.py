"""Every morning with open claims begins with their board."""

from __future__ import annotations

from models.claims.morning import send_board
from scheduler.registry import JobCtx, JobTable, every_day

table = JobTable()


@table.job(
    "claims.board",
    about="有在办理赔时，早上把看板发给理赔负责人",
    when=every_day,
    hour=8,
    minute=43,
    catch_up_days=1,
    latest_only=True,
)
async def morning_board(ctx: JobCtx) -> str:
    """As it stands now."""
    async with ctx.units.begin() as session:
        count = await send_board(session, ctx.now, ctx.rules)
    return f"在办 {count} 件"
