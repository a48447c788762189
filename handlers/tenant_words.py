"""What tenants write without a command: each sentence goes to the desk it belongs to, and nothing goes round in circles."""

from __future__ import annotations

from handlers.acting import act
from handlers.context import Ctx
from handlers.outage_answer import answer_with_outage
from handlers.routing import BOUND, Router, Side
from handlers.tenant_complaint import offer_complaint
from handlers.tenant_inquiry import answer_question, pass_on
from handlers.tenant_report import known_report, place_or_file, say_known
from models.cases.advance import advance
from models.cases.case import Case
from models.cases.desk_filing import open_inquiry
from models.cases.intake import OTHER, place_of, says_something
from models.cases.lookup import case_by_id, case_for
from models.cases.report import fresh_report
from models.cases.understanding import Sort, Understood, understand
from models.cases.workplace import rented_units
from models.errors import UserError
from models.messages.content import Button
from models.messages.inbound import Kind
from models.people.identity import TenantActor

router = Router("words", Side.TENANT)


@router.fallback
async def free_text(ctx: Ctx, text: str) -> None:
    """Goes to the desk it belongs to; what nobody can place goes to a person, never round in circles."""
    if not isinstance(ctx.actor, TenantActor):
        raise UserError("请先绑定身份：发送“绑定”，或发送“帮助”了解我们能为您做什么。")
    understood = understand(text, ctx.rules)
    if understood.sort is Sort.PERSON and not says_something(text):
        await ask_for_words(ctx)
    elif understood.sort not in (Sort.REPAIR, Sort.INQUIRY) or not await explained(ctx, text):
        await to_its_desk(ctx, text, understood)


async def to_its_desk(ctx: Ctx, text: str, understood: Understood) -> None:
    """A fault, a complaint, a question, thanks, or a matter for a person."""
    match understood.sort:
        case Sort.REPAIR if understood.urgency == "emergency":
            await place_or_file(ctx, text)
        case Sort.REPAIR:
            await maybe_the_same(ctx, text, understood)
        case Sort.COMPLAINT:
            await offer_complaint(ctx, text)
        case Sort.INQUIRY:
            await answer_question(ctx, text)
        case Sort.NONE:
            await ctx.reply("好的，有需要随时告诉我们。")
        case Sort.PERSON:
            if not await take_supplement(ctx, text):
                await pass_on(ctx, text)


async def explained(ctx: Ctx, text: str) -> bool:
    """Whether an announced outage has answered it."""
    units = await rented_units(ctx.session, ctx.tenant.tenant.id, ctx.today)
    return await answer_with_outage(ctx, text, place_of(text, units))


async def ask_for_words(ctx: Ctx) -> None:
    """Marks and pictures of faces alone tell nobody anything."""
    buttons = [Button(f"say:{word}", word) for word in ("报修", "投诉", "咨询", "人工")]
    await ctx.reply("没看懂这条消息。请用一句话说明，或点下面的选项。", *buttons)


async def maybe_the_same(ctx: Ctx, text: str, understood: Understood) -> None:
    """Several messages in a row are one report more often than not [domain §10]."""
    if known := await known_report(ctx, text):
        await say_known(ctx, known)
        return
    case = await fresh_report(ctx.session, ctx.message.sender, ctx.now)
    if case is None or understood.category not in (case.category, OTHER):
        await offer(ctx, text, "听起来是设备故障，需要为您登记报修吗？")
        return
    buttons = (
        Button(f"form:add{ctx.inbox_id}", f"补充到 {case.number}"),
        Button(f"form:yes{ctx.inbox_id}", "另报一件"),
    )
    answers = {"text": text, "ask": f"yes{ctx.inbox_id}", "add": f"add{ctx.inbox_id}", "case": case.id}
    question = f"您刚报过 {case.number}（{case.category}）。这是补充说明，还是另一件？"
    await ctx.ask("offer", "choice", answers, question, *buttons)


async def offer(ctx: Ctx, text: str, question: str) -> None:
    """Each offer has its own button: an older one in the same chat must not file a newer sentence."""
    yes, no = f"yes{ctx.inbox_id}", f"no{ctx.inbox_id}"
    buttons = (Button(f"form:{yes}", "报修"), Button(f"form:{no}", "人工/其他"))
    await ctx.ask("offer", "choice", {"text": text, "ask": yes, "no": no}, question, *buttons)


@router.step("offer", "choice", may=BOUND)
async def chosen(ctx: Ctx, answers: dict[str, object]) -> None:
    """Yes files exactly that sentence; anything else is a new topic."""
    text = str(answers["text"])
    said = ctx.message.text.strip("。.!！ ")
    if said in (answers["ask"], "yes", "是", "是的", "好", "好的", "要", "需要", "对", "嗯", "另报一件"):
        await place_or_file(ctx, text)
    elif said and said == answers.get("no"):
        await pass_on(ctx, text)
    elif "add" in answers and said in (answers["add"], "补充"):
        case = await case_by_id(ctx.session, ctx.tenant, str(answers["case"]))
        await supplement(ctx, case, text)
    elif ctx.message.kind is Kind.PRESS:
        raise UserError("这个按钮对应的是前面一句话，已经过时了。请重新描述，或直接发“报修”加一句说明。")
    elif ctx.media is not None:
        await offer(ctx, text, "照片收到了。需要登记报修吗？点选或回复“是”即可。")
    elif said in ("不", "否", "不用", "不是", "不需要"):
        await ctx.reply("好的。需要帮助时请发“人工”，全部指令请发“帮助”。")
    else:
        await free_text(ctx, ctx.message.text)


@router.step("inquiry", "more", may=BOUND)
async def answered(ctx: Ctx, answers: dict[str, object]) -> None:
    """The answer did not help, or something else comes up."""
    said = ctx.message.text.strip("。.!！ ")
    if said in (answers["ask"], "没解决", "没有", "不是", "没解决，转客服"):
        await pass_on(ctx, str(answers["text"]))
    elif ctx.message.kind is Kind.PRESS:
        raise UserError("这个按钮对应的是前面一个问题，已经过时了。请重新写出问题。")
    else:
        await free_text(ctx, ctx.message.text)


async def take_supplement(ctx: Ctx, text: str) -> bool:
    """Words that name no fault, right after a report, belong to it."""
    if await open_inquiry(ctx.session, ctx.message.sender, ctx.now, ctx.rules):
        return False
    case = await fresh_report(ctx.session, ctx.message.sender, ctx.now)
    if case is None or not says_something(text):
        return False
    await supplement(ctx, case, text)
    return True


@router.command("补充", may=BOUND, usage="补充 R07 是靠窗那台", about="给报修补一句说明")
async def supplement_word(ctx: Ctx, rest: str) -> None:
    """Another line about a repair."""
    case, note = await case_for(ctx.session, ctx.tenant, "补充", rest, ctx.now, ctx.rules)
    await supplement(ctx, case, note)


async def supplement(ctx: Ctx, case: Case, text: str) -> None:
    """Kept with the case, and told to whoever works on it."""
    await advance(ctx.session, case, "补充", act(ctx, note=text))
    await ctx.reply(f"已补充到 {case.number}。如果是别的事，请发“人工”。")
