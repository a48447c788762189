"""交接 and 回访单: what one shift leaves to the next, and whom the desk telephones."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import Router, Side
from models.cases.call_back import call_list_text, to_call
from models.cases.hand_over import hand_over_text

router = Router("staff_shift", Side.STAFF)


@router.command("交接", "交班", may="case.work|case.dispatch", usage="交接", about="未完的单，交给下一班")
async def hand_over(ctx: Ctx, rest: str) -> None:
    """What comes by itself at 14:00 and 22:00, at any time."""
    text = await hand_over_text(ctx.session, ctx.staff, ctx.now, ctx.rules)
    await ctx.reply(text or "没有未完的单，可以放心交班。")


@router.command("回访单", may="case.dispatch|case.close", usage="回访单", about="要打电话回访的报修")
async def call_list(ctx: Ctx, rest: str) -> None:
    """Whom somebody has still to telephone, with the full number to dial."""
    waiting = await to_call(ctx.session)
    text = await call_list_text(ctx.session, waiting, numbers=True)
    if text:
        await ctx.audit("people.dial", "call_back", cases=[case.number for case, _ in waiting])
    await ctx.reply(text or "目前没有要回访的报修。")
