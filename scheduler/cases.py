"""Daily work on cases: closing what nobody answered, forgetting forms that ran out."""

from __future__ import annotations

from models.cases.unanswered import close_unanswered
from models.messages.conversation import forget_expired
from scheduler.registry import JobCtx, JobTable, every_day

table = JobTable()
CHUNK = 50


@table.job(
    "cases.close_unanswered",
    about="完工后租户一直没有答复的报修自动关闭",
    when=every_day,
    hour=9,
    minute=7,
    catch_up_days=7,
)
async def close_silent(ctx: JobCtx) -> str:
    """Closes finished repairs after `repair.confirm_h` without a word."""
    closed: list[str] = []
    while True:
        async with ctx.units.begin() as session:
            numbers = await close_unanswered(session, ctx.scheduled_for, ctx.now, ctx.rules, CHUNK)
        closed += numbers
        if len(numbers) < CHUNK:
            return f"自动关闭 {len(closed)} 单"


@table.job("forms.forget", about="清理过期的问答", when=every_day, hour=3, minute=17, catch_up_days=30)
async def forget_forms(ctx: JobCtx) -> str:
    """Deletes forms whose half hour is over."""
    async with ctx.units.begin() as session:
        return f"清理 {await forget_expired(session, ctx.now)} 条"
