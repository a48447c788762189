"""统计 报修: how the desk did, by category, worker and building, and as a picture."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Ctx
from models.calendar.period import Month
from models.errors import UserError
from models.kpi.desk import By, desk_month
from models.kpi.desk_words import desk_text, groups_text
from models.messages.content import Button, Content
from models.messages.spill import spill

DESK = ("报修", "服务台")
PICTURE = "图"
_BY = {word: by for by in By for word in (by, f"按{by}")}


async def desk_statistics(ctx: Ctx, words: Sequence[str]) -> None:
    """The words behind 统计: what to tell apart by, the picture, the month; without a month the present one."""
    months = [word for word in words if word not in (*DESK, *_BY, PICTURE)]
    month = Month.parse(months[0], ctx.today) if months else Month.of(ctx.today)
    found = await desk_month(ctx.session, month, ctx.now, ctx.rules)
    if not any(found.counts.values()):
        raise UserError(f"{month.label}还没有报修、投诉和咨询，请换一个月份，例如：统计 报修 3月。")
    by = next((_BY[word] for word in words if word in _BY), None)
    if PICTURE in words:
        await ctx.reply(Content(file=f"deskchart:{month}", file_name=f"报修-{month.label}.png"))
    elif by:
        await ctx.reply(groups_text(found, by))
    else:
        buttons = (
            *(Button(f"say:统计 报修 {by} {month}", f"按{by}") for by in By),
            Button(f"say:统计 报修 {PICTURE} {month}", "看图"),
            Button(f"say:统计 完工 {month}", "完工明细"),
        )
        for part in spill(Content(title="服务台", text=desk_text(found, ctx.rules), buttons=buttons)):
            await ctx.reply(part)
