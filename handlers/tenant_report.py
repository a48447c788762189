"""Tenants report faults: in one sentence, step by step, with pictures, or without knowing the word for it."""

from __future__ import annotations

from handlers.acting import act
from handlers.context import Ctx
from handlers.routing import BOUND, Router, Side
from models.cases.intake import Placed, looks_like_fault, place_of, says_something
from models.cases.report import add_photo, file_report, fresh_report, offer_text, receipt_text, same_report
from models.cases.workplace import rented_units
from models.errors import UserError
from models.messages.content import Button
from models.messages.inbound import Kind
from models.messages.media import Media, loose
from models.people.identity import TenantActor

router = Router("report", Side.TENANT)

PUBLIC = "公共区域"
_WHAT = "请用一句话说明哪里坏了，例如：3楼空调不制冷。照片可以一起发来。"


@router.command("报修", may=BOUND, usage="报修 3楼空调不冷", about="报告故障，可附照片")
async def report(ctx: Ctx, rest: str) -> None:
    """One sentence is enough; without one we ask."""
    if says_something(rest):
        await place_or_file(ctx, rest)
    else:
        await ctx.ask("repair", "what", {}, _WHAT)


@router.step("repair", "what", may=BOUND)
async def told_what(ctx: Ctx, answers: dict[str, object]) -> None:
    """The sentence; a picture may come first."""
    if says_something(ctx.message.text):
        await place_or_file(ctx, ctx.message.text)
    elif ctx.media is not None:
        await ctx.ask("repair", "what", {}, f"照片收到了。{_WHAT}")
    else:
        await ctx.ask("repair", "what", {}, _WHAT)


async def place_or_file(ctx: Ctx, text: str) -> None:
    """Files the report, or asks for the unit when only the tenant can say."""
    units = await rented_units(ctx.session, ctx.tenant.tenant.id, ctx.today)
    placed = place_of(text, units)
    if not placed.choices:
        await file(ctx, text, placed)
        return
    buttons = [Button(f"form:{unit.code}", unit.code) for unit in placed.choices[:8]]
    question = "请问是哪个单元？点选或直接回复单元号。"
    await ctx.ask("repair", "unit", {"text": text}, question, *buttons, Button(f"form:{PUBLIC}", PUBLIC))


@router.step("repair", "unit", may=BOUND)
async def told_unit(ctx: Ctx, answers: dict[str, object]) -> None:
    """The unit, by button or in words; a picture meanwhile waits with the question."""
    said, text = ctx.message.text, str(answers["text"])
    units = await rented_units(ctx.session, ctx.tenant.tenant.id, ctx.today)
    placed = Placed(None, PUBLIC) if said == PUBLIC else place_of(said, units)
    if placed.choices or not said:
        codes = "、".join(unit.code for unit in (placed.choices or units)[:8])
        head = "照片收到了。" if ctx.media is not None else ""
        await ctx.ask("repair", "unit", {"text": text}, f"{head}请回复单元号（{codes}）或“{PUBLIC}”。")
    else:
        await file(ctx, text, placed)


async def file(ctx: Ctx, text: str, placed: Placed) -> None:
    """The number, at once; the same words twice are one report."""
    contact, sender = ctx.tenant.contact, ctx.message.sender
    media = await loose(ctx.session, ctx.message.channel, sender, ctx.now)
    case = await same_report(ctx.session, contact.id, text, placed, ctx.now)
    if case is None:
        case = await file_report(ctx.session, act(ctx), contact, text, placed, account=sender, media=media)
        await ctx.reply(receipt_text(case, len(media), ctx.rules), subject=case.subject)
        return
    for each in media:
        await add_photo(ctx.session, case, each, ctx.now)
    await ctx.reply(f"这个报修刚才已登记为 {case.number}，不用重复发送。查看进展发送“进度 {case.number}”。")


@router.kind(Kind.IMAGE)
async def picture(ctx: Ctx, text: str) -> None:
    """A picture belongs to the report made just before, or to the one about to come."""
    await keep(ctx, ctx.media, "照片")


@router.kind(Kind.VIDEO)
async def film(ctx: Ctx, text: str) -> None:
    """As a picture."""
    await keep(ctx, ctx.media, "视频")


async def keep(ctx: Ctx, media: Media | None, what: str) -> None:
    """Attaches what was sent, or asks for the sentence that goes with it."""
    if media is None:
        raise UserError(f"{what}没有收到，请再发一次，或用文字说明。")
    case = await fresh_report(ctx.session, ctx.message.sender, ctx.now)
    if case is None:
        await ctx.ask("repair", "what", {}, f"{what}收到了。如需报修，{_WHAT}")
        return
    await add_photo(ctx.session, case, media, ctx.now)
    await ctx.reply(f"{what}已加到 {case.number}。")


@router.fallback
async def free_text(ctx: Ctx, text: str) -> None:
    """What sounds like a fault may become a report at one tap; the sentence is kept."""
    if not isinstance(ctx.actor, TenantActor):
        raise UserError("请先绑定身份：发送“绑定”，或发送“帮助”了解我们能为您做什么。")
    if not looks_like_fault(text, ctx.rules.repair):
        raise UserError("没看懂这句话。报修请发“报修”加一句说明，找客服请发“人工”，全部指令请发“帮助”。")
    await offer(ctx, text, offer_text(text, ctx.rules))


async def offer(ctx: Ctx, text: str, question: str) -> None:
    """Each offer has its own button: an older one in the same chat must not file a newer sentence."""
    buttons = (Button(f"form:yes{ctx.inbox_id}", "报修"), Button("say:人工", "人工/其他"))
    await ctx.ask("offer", "choice", {"text": text, "ask": f"yes{ctx.inbox_id}"}, question, *buttons)


@router.step("offer", "choice", may=BOUND)
async def chosen(ctx: Ctx, answers: dict[str, object]) -> None:
    """Yes files exactly that sentence; anything else is a new topic."""
    text = str(answers["text"])
    said = ctx.message.text.strip("。.!！ ")
    if said in (answers["ask"], "yes", "是", "是的", "好", "好的", "要", "需要", "对", "嗯"):
        await place_or_file(ctx, text)
    elif ctx.message.kind is Kind.PRESS:
        raise UserError("这个按钮对应的是前面一句话，已经过时了。请重新描述，或直接发“报修”加一句说明。")
    elif ctx.media is not None:
        await offer(ctx, text, "照片收到了。需要登记报修吗？点选或回复“是”即可。")
    elif said in ("不", "否", "不用", "不是", "不需要"):
        await ctx.reply("好的。需要帮助时请发“人工”，全部指令请发“帮助”。")
    else:
        await free_text(ctx, ctx.message.text)
