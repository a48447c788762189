"""Letters nobody has signed for: said again the day after, then brought, then posted [manual ¶4.6.6, –28]."""

from __future__ import annotations

from datetime import timedelta

from models.clock import local_date
from models.messages.spill import spill
from models.messages.tell import tell_staff
from models.notices.again import send_again, unsigned_of
from models.notices.round_words import round_content
from models.notices.rounds import Round, note_round, rounds_of, tasks_of_day
from scheduler.registry import JobCtx, JobTable, every_day

table = JobTable()
CHUNK = 50


@table.job(
    "notices.unsigned",
    about="给片区客服派发未签收通知单的上门、邮寄、查询清单",
    when=every_day,
    hour=9,
    minute=3,
    catch_up_days=4,
)
async def rounds(ctx: JobCtx) -> str:
    """By the real day and the facts as they stand: after downtime one list is enough."""
    today = local_date(ctx.now)
    async with ctx.units.begin() as session:
        tasks = await tasks_of_day(session, today, ctx.rules, ctx.calendar)
        todo = await rounds_of(session, tasks, ctx.now, ctx.rules)
    for one in todo:
        await _tell(ctx, one)
    return f"上门、邮寄、查询共 {len(tasks)} 份，{len(todo)} 份清单" if tasks else "今天没有要派发的通知单"


async def _tell(ctx: JobCtx, todo: Round) -> None:
    """One member's list, with the steps it stands for, in one transaction."""
    today = local_date(ctx.now)
    async with ctx.units.begin() as session:
        await note_round(session, todo, ctx.now)
        for number, part in enumerate(spill(round_content(todo, today))):
            key = f"round:{today}:{todo.bringers.area}:{number}"
            await tell_staff(session, todo.bringers.members, key, part, now=ctx.now, due_at=todo.bringers.at)


@table.job(
    "notices.again",
    about="给前一天未签收的租户再次发送通知单",
    when=every_day,
    hour=10,
    minute=1,
    catch_up_days=4,
)
async def second_attempt(ctx: JobCtx) -> str:
    """Letters made the day before the scheduled day; each once, whenever the run happens."""
    async with ctx.units.begin() as session:
        ids = await unsigned_of(session, ctx.day - timedelta(days=1))
    sent = 0
    for start in range(0, len(ids), CHUNK):
        async with ctx.units.begin() as session:
            sent += await send_again(session, ids[start : start + CHUNK], ctx.now, ctx.rules)
    return f"再次发送 {sent} 份"
