"""付款记录: what a tenant has paid, and what remains."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import MONEY, Router, Side
from models.fees.history import paid_text
from models.messages.content import Button

router = Router("tenant_payments", Side.TENANT)


@router.command(
    "付款记录", "缴费记录", "已付", may=MONEY, usage="付款记录", about="看最近付了什么、还需付多少"
)
async def show_payments(ctx: Ctx, rest: str) -> None:
    del rest
    text = await paid_text(ctx.session, ctx.tenant.tenant.id)
    if not text:
        await ctx.reply("贵司还没有收款记录。付款入账后会告诉您，也可以发送“账单”查看未付账单。")
        return
    await ctx.reply(text, Button("say:收据", "取最近的收据"), Button("say:账单", "看未付账单"))
