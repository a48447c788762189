"""理赔: the board of open claims, and the month's figures."""

from __future__ import annotations

from handlers.claim_case import WORK
from handlers.context import Ctx
from handlers.routing import Router, Side
from models.calendar.period import Month
from models.claims.board import board_text, standings
from models.claims.kpi import kpi_text, month_kpis
from models.messages.content import Content

router = Router("claim_board", Side.STAFF)

_FIGURES = ("统计", "指标")


@router.command("理赔", may=WORK, usage="理赔", about="在办理赔的看板图和清单；“理赔 统计 3月”看当月指标")
async def board(ctx: Ctx, rest: str) -> None:
    """The picture first; the list says the same in words."""
    word, _, month = rest.partition(" ")
    if word in _FIGURES:
        await _figures(ctx, month.strip())
        return
    found = await standings(ctx.session, ctx.now, ctx.rules)
    if found:
        await ctx.reply(Content(file="claimboard:all", file_name="理赔看板.png"))
    await ctx.reply(board_text(found, ctx.now))


async def _figures(ctx: Ctx, said: str) -> None:
    month = Month.parse(said, ctx.today) if said else Month.of(ctx.today)
    claims, figures = await month_kpis(ctx.session, month, ctx.now, ctx.rules.claims)
    await ctx.reply(kpi_text(month, claims, figures, ctx.now))
