"""Staff on people: 绑定码 for a contact, 租户 and who they are, 值班 now."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import ANYONE, Router, Side
from models.errors import UserError
from models.people.directory import SHOWN, Entry, entry_of, find_contact, find_tenants, masked
from models.people.duty import on_duty
from models.people.identity import new_code

router = Router("staff_people", Side.STAFF)


@router.command("租户", "客户", may="people.see", usage="租户 云帆", about="按名称、单元号或联系人查租户")
async def tenants(ctx: Ctx, rest: str) -> None:
    """Companies with their units and contacts."""
    if not rest:
        raise UserError("请写上公司名称、单元号或联系人，例如“租户 云帆”或“租户 A-1203”。")
    found = await find_tenants(ctx.session, rest[:40], ctx.today)
    if not found:
        raise UserError(f"没有找到“{rest[:20]}”，请换公司名称的一部分、单元号或联系人姓名再查。")
    full = ctx.staff.may("people.see_full", ctx.rules)
    cards = [_card(await entry_of(ctx.session, tenant, ctx.today), full=full) for tenant in found[:SHOWN]]
    others = "、".join(tenant.name for tenant in found[SHOWN : SHOWN + 10])
    more = [f"另有 {len(found) - SHOWN} 家：{others}。请写得更完整再查。"] if others else []
    await ctx.reply("\n\n".join(cards + more))


@router.command("绑定码", may="people.code", usage="绑定码 云帆设计 李娜", about="给联系人一个一次性绑定码")
async def binding_code(ctx: Ctx, rest: str) -> None:
    """A fresh code and the sentence to forward."""
    if not rest:
        raise UserError("请写上公司和联系人，例如“绑定码 云帆设计 李娜”。")
    contact, tenant = await find_contact(ctx.session, rest)
    code = await new_code(ctx.session, contact, ctx.now, ctx.rules)
    await ctx.audit("binding.code", f"contact:{contact.id}")
    await ctx.reply(
        f"{tenant.name} {contact.name}的绑定码：{code}，{ctx.rules.binding.code_valid_h} 小时内有效，只能用一次。"
        f"请只转发给本人：\n您好，请打开{ctx.rules.park.centre}的微信客服，发送“绑定 {code}”，即可报修和查收通知。"
    )


@router.command("值班", may=ANYONE, usage="值班", about="现在谁在班")
async def duty(ctx: Ctx, rest: str) -> None:
    """Who is on shift now, by department; an argument narrows it to one."""
    groups = await on_duty(ctx.session, ctx.now, ctx.rules, rest)
    if not groups:
        where = f"“{rest[:20]}”" if rest else ""
        raise UserError(f"{where}现在没有人在班，紧急情况请拨打 {ctx.rules.park.phone}。")
    lines = [
        f"{department}：{'、'.join(f'{m.name} {m.mobile}'.strip() for m in members)}"
        for department, members in groups.items()
    ]
    await ctx.reply("现在在班：\n" + "\n".join(lines))


def _card(entry: Entry, *, full: bool) -> str:
    units = (
        "、".join(f"{unit.code}（{unit.area.normalize():f}㎡）" for unit in entry.units) or "今天没有在租单元"
    )
    people = [
        f"· {contact.name}（{contact.role}）{contact.mobile if full and contact.mobile else masked(contact.mobile)}"
        f" {'已绑定' if contact.id in entry.bound else '未绑定'}"
        for contact in entry.contacts
    ]
    return "\n".join([entry.tenant.name, f"单元：{units}", *(people or ["没有登记联系人"])])
