"""删除申请: requests of contacts to be forgotten, decided by those who may."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import Router, Side
from models.errors import UserError
from models.people.tenant import Tenant
from models.privacy.asking import DECIDE, agree, refuse, request_card, request_to_decide
from models.privacy.erasure import open_requests

router = Router("staff_privacy", Side.STAFF)
FORM = "erase_no"
_SHOWN = 5


@router.command("删除申请", may=DECIDE, usage="删除申请", about="联系人要求删除个人信息的申请")
async def requests(ctx: Ctx, rest: str) -> None:
    """The oldest ones as cards."""
    del rest
    waiting = await open_requests(ctx.session)
    if not waiting:
        raise UserError("没有待处理的删除申请。")
    for erasure, contact, tenant in waiting[:_SHOWN]:
        card = await request_card(ctx.session, erasure, contact, tenant, ctx.rules)
        await ctx.reply(card, subject=erasure.subject)
    if len(waiting) > _SHOWN:
        await ctx.reply(f"另有 {len(waiting) - _SHOWN} 份，处理后再发：删除申请")


@router.press("erase_yes", may=DECIDE)
async def approve(ctx: Ctx, argument: str) -> None:
    """Done at once, in this transaction."""
    erasure, contact = await request_to_decide(ctx.session, argument)
    tenant = await ctx.session.get_one(Tenant, contact.tenant_id)
    removed = await agree(ctx.session, erasure, contact, by=ctx.actor_key, now=ctx.now)
    await ctx.audit("privacy.erase", f"contact:{contact.id}", **removed)
    await ctx.reply(
        f"已删除：{tenant.name}的一位联系人。收到的消息 {removed['received']} 条、发出的 {removed['sent']} 条、"
        f"照片 {removed['media']} 张，已告知本人。请同时从联系人导入表里删去，免得再次导入。"
    )


@router.press("erase_no", may=DECIDE)
async def reject(ctx: Ctx, argument: str) -> None:
    """A refusal needs its reason in law."""
    erasure, _ = await request_to_decide(ctx.session, argument)
    await ctx.ask(
        FORM,
        "reason",
        {"id": erasure.id},
        "请写明不同意的法定理由，会原样发给对方，例如：诉讼正在进行，需要保全证据",
    )


@router.step(FORM, "reason", may=DECIDE)
async def reason_given(ctx: Ctx, answers: dict[str, object]) -> None:
    reason = " ".join(ctx.message.text.split())[:300]
    if len(reason) < 4:
        raise UserError("理由太短。请点“不同意”后写明法定理由，至少 4 个字。")
    erasure, contact = await request_to_decide(ctx.session, str(answers["id"]))
    await refuse(ctx.session, erasure, reason, by=ctx.actor_key, now=ctx.now)
    await ctx.audit("privacy.refuse", f"contact:{contact.id}", reason=reason)
    await ctx.reply("已答复对方，理由已原样发出。")
