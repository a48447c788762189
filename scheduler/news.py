"""What no channel could carry is read by a person."""

from __future__ import annotations

from datetime import timedelta

from models.messages.alarm import PERMISSION
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.messages.unheard import unheard, unheard_text
from models.people.staff import on_shift_first, staff_who_may
from scheduler.registry import JobCtx, JobTable, every_day

table = JobTable()
DESK = "desk.answer"
_DAY = timedelta(days=1)


@table.job(
    "news.unheard",
    about="微信和短信都没有送到的消息，请服务台逐个告知",
    when=every_day,
    hour=8,
    minute=53,
    catch_up_days=7,
)
async def tell_unheard(ctx: JobCtx) -> str:
    """One list for a day to the desk on shift; to those who run the service where there is no desk."""
    async with ctx.units.begin() as session:
        found = await unheard(session, ctx.scheduled_for - _DAY, ctx.scheduled_for)
        if text := unheard_text(found):
            desk = on_shift_first(await staff_who_may(session, DESK, ctx.rules), ctx.now, ctx.rules)
            members = desk or await staff_who_may(session, PERMISSION, ctx.rules)
            await tell_staff(session, members, f"unheard:{ctx.day}", Content(text=text), now=ctx.now)
    return f"没有送到的消息 {len(found)} 条"
