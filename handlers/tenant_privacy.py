"""我的数据, 删除我的数据: what is kept of the person who asks, and the wish to be forgotten [law: 个人信息保护法 §44-50]."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import BOUND, Router, Side
from models.messages.content import Button, Content
from models.privacy.asking import ask_to_erase, withdraw
from models.privacy.erasing import KEPT
from models.privacy.erasure import refuse_while_needed, running_request
from models.privacy.holdings import holdings_of, holdings_text

router = Router("tenant_privacy", Side.TENANT)
FORM = "erase"
_YES = ("确认删除", "是", "是的", "确认")


@router.command(
    "我的数据", "我的信息", "个人信息", may=BOUND, usage="我的数据", about="我们保存了您的哪些信息"
)
async def my_data(ctx: Ctx, rest: str) -> None:
    """The short answer, and everything as a workbook."""
    del rest
    contact, tenant = ctx.tenant.contact, ctx.tenant.tenant
    kept = await holdings_of(ctx.session, contact)
    await ctx.audit("privacy.shown", f"contact:{contact.id}")
    text = holdings_text(contact, tenant, kept, ctx.rules)
    await ctx.reply(f"{text}\n完整清单随后以表格发给您。", Button("say:删除我的数据", "删除我的数据"))
    await ctx.reply(Content(file=f"mydata:{contact.id}", file_name=f"我的数据-{ctx.today}.xlsx"))


@router.command(
    "删除我的数据", "删除数据", "注销", may=BOUND, usage="删除我的数据", about="申请删除您的个人信息"
)
async def delete_me(ctx: Ctx, rest: str) -> None:
    """What would go and what would stay, before anything is asked for."""
    del rest
    contact = ctx.tenant.contact
    if running := await running_request(ctx.session, contact.id):
        day = running.decide_by(ctx.rules)
        await ctx.reply(
            f"您的删除申请正在处理，{day.month}月{day.day}日前答复。不想删了可以点“撤回申请”。",
            Button("unerase:", "撤回申请"),
        )
        return
    await refuse_while_needed(ctx.session, contact)
    kept = "\n".join(f"· {each}" for each in KEPT)
    await ctx.ask(
        FORM, "sure", {},
        "申请通过后，我们会删除您的姓名、手机、微信绑定，以及您和我们的聊天内容和未用于报事的照片。"
        "以后报修、收通知要由贵司另行登记联系人。\n"
        f"按法律要保留、只存不用的有：\n{kept}\n确定申请吗？",
        Button("form:确认删除", "确认删除"),
        Button("say:取消", "不删除"),
    )  # fmt: skip


@router.step(FORM, "sure", may=BOUND)
async def sure(ctx: Ctx, answers: dict[str, object]) -> None:
    """Only a plain yes asks; whatever else is said leaves everything as it is."""
    del answers
    if ctx.message.text.strip("。.!！ ") not in _YES:
        await ctx.reply("好的，没有申请删除，您的信息照旧保存。")
        return
    contact, tenant = ctx.tenant.contact, ctx.tenant.tenant
    await refuse_while_needed(ctx.session, contact)
    erasure = await ask_to_erase(ctx.session, contact, tenant, ctx.message.sender, ctx.now, ctx.rules)
    await ctx.audit("privacy.ask", f"contact:{contact.id}", erasure=erasure.id)
    day = erasure.decide_by(ctx.rules)
    await ctx.reply(
        f"已收到您的删除申请，{day.month}月{day.day}日前在这里答复您。", Button("unerase:", "撤回申请")
    )


@router.press("unerase", may=BOUND)
async def take_back(ctx: Ctx, argument: str) -> None:
    """The person has thought better of it."""
    del argument
    contact = ctx.tenant.contact
    await withdraw(ctx.session, contact, ctx.now)
    await ctx.audit("privacy.withdraw", f"contact:{contact.id}")
    await ctx.reply("删除申请已撤回，您的信息照旧保存。")
