"""Complaints, from the tenant's side."""

from __future__ import annotations

from handlers.acting import act
from handlers.context import Ctx
from handlers.routing import BOUND, Router, Side
from handlers.tenant_inquiry import pass_on
from models.cases.advance import advance
from models.cases.case import Case
from models.cases.desk_filing import file_complaint
from models.cases.intake import says_something
from models.cases.lookup import case_by_id, case_for
from models.errors import UserError
from models.messages.content import Button
from models.messages.inbound import Kind

router = Router("complaint", Side.TENANT)

_WHAT = "请用一句话说明是什么事，例如：走廊连续三天没有打扫。"


@router.command("投诉", may=BOUND, usage="投诉 走廊三天没打扫", about="反映不满意的事，24 小时内答复")
async def complain(ctx: Ctx, rest: str) -> None:
    """One sentence is enough; without one we ask."""
    if says_something(rest):
        await register(ctx, rest)
    else:
        await ctx.ask("complaint", "what", {}, f"很抱歉给您添麻烦了。{_WHAT}")


@router.step("complaint", "what", may=BOUND)
async def told_what(ctx: Ctx, answers: dict[str, object]) -> None:
    """The sentence."""
    if says_something(ctx.message.text):
        await register(ctx, ctx.message.text)
    else:
        await ctx.ask("complaint", "what", {}, _WHAT)


async def register(ctx: Ctx, text: str) -> None:
    """The number, and when there will be an answer."""
    contact, sender = ctx.tenant.contact, ctx.message.sender
    case, new = await file_complaint(ctx.session, act(ctx), contact, text, sender)
    hours = ctx.rules.complaint.answer_min // 60
    said = "已登记" if new else "刚才已登记为"
    await ctx.reply(
        f"您的投诉{said} {case.number}，会有专人受理，{hours} 小时内答复您。查看进展发“进度 {case.number}”。",
        subject=case.subject,
    )


async def offer_complaint(ctx: Ctx, text: str) -> None:
    """What sounds like a complaint becomes one at one tap; the sentence is kept."""
    yes, no = f"yes{ctx.inbox_id}", f"no{ctx.inbox_id}"
    buttons = (Button(f"form:{yes}", "投诉"), Button(f"form:{no}", "人工/其他"))
    question = "很抱歉让您有不好的体验。需要登记为投诉，请专人给您答复吗？"
    await ctx.ask("complaint", "choice", {"text": text, "ask": yes, "no": no}, question, *buttons)


@router.step("complaint", "choice", may=BOUND)
async def chosen(ctx: Ctx, answers: dict[str, object]) -> None:
    """Yes registers that sentence; other words are added to the talk with a person."""
    said = ctx.message.text.strip("。.!！ ")
    if said in (answers["ask"], "是", "是的", "好", "好的", "要", "需要", "对", "投诉"):
        await register(ctx, str(answers["text"]))
    elif said == answers["no"]:
        await pass_on(ctx, str(answers["text"]))
    elif ctx.message.kind is Kind.PRESS:
        raise UserError("这个按钮对应的是前面一句话，已经过时了。请直接发“投诉”加一句说明。")
    elif said in ("不", "否", "不用", "不是", "不需要"):
        await ctx.reply("好的。有需要随时发“投诉”或“人工”。")
    else:
        await pass_on(ctx, f"{answers['text']} {ctx.message.text}".strip())


@router.command("满意", may=BOUND, usage="满意 T03", about="对投诉的答复满意")
async def content_word(ctx: Ctx, rest: str) -> None:
    """The complaint is settled."""
    case, _ = await case_for(ctx.session, ctx.tenant, "满意", rest, ctx.now, ctx.rules)
    await content(ctx, case)


@router.press("content", may=BOUND)
async def content_tap(ctx: Ctx, case_id: str) -> None:
    """The same by button."""
    await content(ctx, await case_by_id(ctx.session, ctx.tenant, case_id))


async def content(ctx: Ctx, case: Case) -> None:
    """Thanks."""
    await advance(ctx.session, case, "满意", act(ctx))
    await ctx.reply(f"投诉 {case.number} 已办结，谢谢您帮助我们改进。")


@router.command("不满意", may=BOUND, usage="不满意 T03 还是没人打扫", about="对投诉的答复不满意")
async def discontent_word(ctx: Ctx, rest: str) -> None:
    """Somebody above hears of it."""
    case, note = await case_for(ctx.session, ctx.tenant, "不满意", rest, ctx.now, ctx.rules)
    await discontent(ctx, case, note)


@router.press("discontent", may=BOUND)
async def discontent_tap(ctx: Ctx, case_id: str) -> None:
    """The same by button."""
    await discontent(ctx, await case_by_id(ctx.session, ctx.tenant, case_id), "")


async def discontent(ctx: Ctx, case: Case, note: str) -> None:
    """The complaint is open again."""
    await advance(ctx.session, case, "不满意", act(ctx, note=note))
    await ctx.reply(f"很抱歉，{case.number} 已请主管亲自跟进，会再给您答复。可直接发消息补充说明。")
