"""When a tenant wants to speak to a person."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import ANYONE, Router, Side
from models.cases.desk_call import call_desk
from models.people.identity import TenantActor

router = Router("desk", Side.TENANT)


@router.command("人工", "转人工", "人工客服", "报修电话", may=ANYONE, usage="人工", about="请客服联系您")
async def human(ctx: Ctx, rest: str) -> None:
    """The desk is told; somebody we can not place gets the number to call."""
    phone = ctx.rules.park.phone
    if isinstance(ctx.actor, TenantActor):
        await call_desk(ctx.session, ctx.actor, rest, ctx.now, ctx.rules)
        await ctx.reply(f"已通知客服尽快联系您。急事请直接致电 {phone}。")
    else:
        await ctx.reply(f"请致电服务中心 {phone}，或发送“绑定”登记身份后由客服联系您。")
