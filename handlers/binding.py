"""绑定: a stranger becomes a contact, by a code from staff or by unit, mobile and SMS code."""

from __future__ import annotations

import re
import unicodedata

from handlers.context import Ctx
from handlers.routing import ANYONE, Router, Side
from models.messages.content import Button
from models.people.binding import registered_contact, request_sms_code, wrong_try
from models.people.identity import TenantActor, bind, locked_out, use_code
from models.people.tenant import Contact, Tenant

router = Router("binding", Side.TENANT)

FORM = "binding"
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


@router.command("绑定", may=ANYONE, usage="绑定 K7M2P9QX", about="登记您的身份；没有绑定码就只发“绑定”")
async def start(ctx: Ctx, rest: str) -> None:
    """With a code at once, else question by question."""
    if await _locked(ctx):
        return
    if given := rest.removeprefix("码").lstrip("：: "):  # many write “绑定码 K7M2P9QX”
        await _try_code(ctx, given, "绑定码")
    elif isinstance(ctx.actor, TenantActor):
        await _who_you_are(ctx, ctx.actor)
    else:
        await _ask_unit(ctx)


@router.step(FORM, "unit", may=ANYONE)
async def unit(ctx: Ctx, answers: dict[str, object]) -> None:
    """The unit is only noted: whether it exists is not told."""
    text = ctx.message.text[:40]
    if not text:
        await _ask_unit(ctx)
        return
    await ctx.ask(
        FORM, "mobile", {**answers, "unit": text}, "请发送您在服务中心登记的手机号（11 位）。", _CANCEL
    )


@router.step(FORM, "mobile", may=ANYONE)
async def mobile(ctx: Ctx, answers: dict[str, object]) -> None:
    """Sends the code if all fits; the answer is the same if not."""
    number = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", ctx.message.text)).removeprefix("+86")
    if not _MOBILE.fullmatch(number):
        await ctx.ask(FORM, "mobile", answers, "手机号应为 11 位数字，请重新发送。", _CANCEL)
        return
    if await _locked(ctx):
        return
    contact = await registered_contact(ctx.session, str(answers["unit"]), number, ctx.today)
    await request_sms_code(ctx.session, contact, ctx.message.sender, ctx.key, ctx.now, ctx.rules)
    minutes = ctx.rules.binding.sms_code_valid_min
    await ctx.ask(
        FORM, "code", {},
        f"如果单元和手机号与登记一致，6 位验证码已发到该手机，{minutes} 分钟内有效。请直接回复验证码。"
        f"收不到时请联系服务中心：{ctx.rules.park.phone}。",
        _CANCEL,
    )  # fmt: skip


@router.step(FORM, "code", may=ANYONE)
async def code(ctx: Ctx, answers: dict[str, object]) -> None:
    """The code from the SMS."""
    del answers
    if not await _locked(ctx):
        await _try_code(ctx, ctx.message.text, "验证码")


_CANCEL = Button("say:取消", "取消")


async def _ask_unit(ctx: Ctx) -> None:
    await ctx.ask(
        FORM, "unit", {},
        "请发送贵司的单元号，例如 A-1203。手里有绑定码的，直接发送“绑定 绑定码”即可。",
        _CANCEL,
    )  # fmt: skip


async def _locked(ctx: Ctx) -> bool:
    locked = await locked_out(ctx.session, ctx.message.sender, ctx.now, ctx.rules)
    if locked:
        await _say_locked(ctx)
    return locked


async def _say_locked(ctx: Ctx) -> None:
    await ctx.end_form()
    minutes, phone = ctx.rules.binding.lock_min, ctx.rules.park.phone
    await ctx.reply(f"尝试次数过多，请 {minutes} 分钟后再试，或联系服务中心：{phone}。")


async def _try_code(ctx: Ctx, text: str, what: str) -> None:
    """Binds, or counts a wrong try. A wrong try must be kept, so it is answered and not raised."""
    word = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text))
    contact = await use_code(ctx.session, word, ctx.message.sender, ctx.now)
    if contact is not None:
        await _bind(ctx, contact, what)
    elif await wrong_try(ctx.session, ctx.message.sender, ctx.now, ctx.rules):
        await _say_locked(ctx)
    elif what == "验证码":
        await ctx.ask(FORM, "code", {}, "验证码不对或已过期，请重新输入；要重新获取请发送“绑定”。", _CANCEL)
    else:
        await ctx.reply(
            "绑定码不对、已用过或已过期，请核对后再发，或向服务中心要一个新的。"
            "也可以只发送“绑定”，用登记的手机号验证。"
        )


async def _bind(ctx: Ctx, contact: Contact, how: str) -> None:
    tenant = await ctx.session.get_one(Tenant, contact.tenant_id)
    await bind(ctx.session, ctx.message.channel, ctx.message.sender, contact, ctx.now, how)
    await ctx.audit("binding.bound", f"contact:{contact.id}", how=how, account=ctx.message.sender)
    await ctx.end_form()
    buttons = [Button("say:报修", "报修"), Button("say:帮助", "帮助")]
    if contact.role.sees_money:
        buttons.insert(1, Button("say:账单", "账单"))
    await ctx.reply(
        f"绑定成功。{contact.name}，您好！您是{tenant.name}的{contact.role}。可以直接发送要报修的问题和照片。",
        *buttons,
    )


async def _who_you_are(ctx: Ctx, actor: TenantActor) -> None:
    await ctx.reply(
        f"您已绑定为{actor.tenant.name}的{actor.contact.role}{actor.contact.name}。"
        f"要改绑其他联系人，请向服务中心（{ctx.rules.park.phone}）要绑定码，再发送“绑定 绑定码”。",
        Button("say:帮助", "帮助"),
    )
