"""Tenants report faults: in one sentence, step by step, with pictures. What is no fault goes to the right desk."""

from __future__ import annotations

from handlers.acting import act
from handlers.context import Ctx
from handlers.outage_answer import answer_with_outage
from handlers.routing import BOUND, Router, Side
from models.cases.case import Case
from models.cases.correction import locate
from models.cases.intake import Placed, place_of, says_something
from models.cases.lookup import case_by_id
from models.cases.report import add_photo, file_report, fresh_report, receipt_text, same_report
from models.cases.understanding import understand
from models.cases.workplace import rented_units
from models.errors import UserError
from models.messages.content import Button
from models.messages.inbound import Kind
from models.messages.media import Media, loose

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
    """The sentence; a picture or a location may come first."""
    if says_something(ctx.message.text):
        at = str(answers.get("at", ""))
        await place_or_file(ctx, f"{ctx.message.text}（位置：{at}）" if at else ctx.message.text)
    elif ctx.media is not None:
        await ctx.ask("repair", "what", answers, f"照片收到了。{_WHAT}")
    else:
        await ctx.ask("repair", "what", answers, _WHAT)


async def place_or_file(ctx: Ctx, text: str, *, anyway: bool = False) -> None:
    """Files the report, or asks for the unit when only the tenant can say; `anyway`: whatever outage explains it."""
    units = await rented_units(ctx.session, ctx.tenant.tenant.id, ctx.today)
    placed = place_of(text, units)
    if not anyway and await answer_with_outage(ctx, text, placed):
        return
    if understand(text, ctx.rules).urgency == "emergency":
        await alarm(ctx, text, placed)
        return
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


async def alarm(ctx: Ctx, text: str, placed: Placed) -> None:
    """An emergency waits for no question: everybody on duty is called, the unit is asked for afterwards."""
    known = placed if not placed.choices else Placed(None, placed.place or "单元待确认")
    case = await file(ctx, text, known)
    if not placed.choices or case is None:
        return
    buttons = [Button(f"form:{unit.code}", unit.code) for unit in placed.choices[:8]]
    question = "请问是哪个单元？点选或回复单元号，师傅会直接过去。"
    await ctx.ask("repair", "where", {"case": case.id}, question, *buttons, Button(f"form:{PUBLIC}", PUBLIC))


@router.step("repair", "where", may=BOUND)
async def told_where(ctx: Ctx, answers: dict[str, object]) -> None:
    """The unit of an emergency that is under way already."""
    case = await case_by_id(ctx.session, ctx.tenant, str(answers["case"]))
    said = ctx.message.text
    units = await rented_units(ctx.session, ctx.tenant.tenant.id, ctx.today)
    placed = Placed(None, PUBLIC) if said == PUBLIC else place_of(said, units)
    if ctx.media is not None and not said:
        await add_photo(ctx.session, case, ctx.media, ctx.now)
        await ctx.ask("repair", "where", answers, f"照片已加到 {case.number}。请再回复单元号。")
    elif placed.choices or not said:
        await ctx.reply(f"没认出单元号，师傅会先联系您。可直接致电 {ctx.rules.park.phone}。")
    else:
        await locate(ctx.session, case, placed, act(ctx))
        await ctx.reply(f"已告诉师傅：{placed.place}。请注意安全，查看进展发“进度 {case.number}”。")


async def file(ctx: Ctx, text: str, placed: Placed) -> Case | None:
    """The number, at once; the same words twice are one report. The case, when it is new."""
    contact, sender = ctx.tenant.contact, ctx.message.sender
    media = await loose(ctx.session, ctx.message.channel, sender, ctx.now)
    case = await same_report(ctx.session, contact.id, text, placed, ctx.now, ctx.rules)
    if case is None:
        case = await file_report(ctx.session, act(ctx), contact, text, placed, account=sender, media=media)
        await ctx.reply(receipt_text(case, len(media), ctx.rules), *_mistakes(case), subject=case.subject)
        return case
    for each in media:
        await add_photo(ctx.session, case, each, ctx.now)
    await say_known(ctx, case)
    return None


async def known_report(ctx: Ctx, text: str) -> Case | None:
    """The report of this contact to which these words add nothing."""
    units = await rented_units(ctx.session, ctx.tenant.tenant.id, ctx.today)
    placed = place_of(text, units)
    return await same_report(ctx.session, ctx.tenant.contact.id, text, placed, ctx.now, ctx.rules)


async def say_known(ctx: Ctx, case: Case) -> None:
    """Nothing new was said: the number, and how to add what is."""
    text = (
        f"这个报修刚才已登记为 {case.number}，不用重复发送。查看进展发送“进度 {case.number}”，"
        f"有新情况请发“补充 {case.number}”加一句说明。"
    )
    hurry = (Button(f"hurry:{case.id}", "比较急"),) if case.urgency == "normal" else ()
    await ctx.reply(text, *hurry)


def _mistakes(case: Case) -> list[Button]:
    """What may have been understood wrongly, to be put right by one tap."""
    buttons = [Button(f"fixkind:{case.id}", f"不是{case.category}"[:10])]
    return buttons if case.urgency != "normal" else [*buttons, Button(f"hurry:{case.id}", "比较急")]


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


@router.kind(Kind.VOICE)
async def voice(ctx: Ctx, text: str) -> None:
    """Kept, but nobody listens to it: a line of text is asked for."""
    if case := await fresh_report(ctx.session, ctx.message.sender, ctx.now):
        await ctx.reply(f"语音收到了，但系统听不了语音。请把要补充的内容打成一句话，会加到 {case.number}。")
        return
    await ctx.ask("repair", "what", {}, f"语音收到了，但系统听不了语音。如需报修，{_WHAT}")


@router.kind(Kind.LOCATION)
async def location(ctx: Ctx, text: str) -> None:
    """A place is half a report."""
    said = f"位置收到了（{text[:40]}）。" if text else "位置收到了。"
    await ctx.ask("repair", "what", {"at": text[:40]}, f"{said}如需报修，{_WHAT}")
