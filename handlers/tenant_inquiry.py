"""Questions and words to a person, from the tenant's side."""

from __future__ import annotations

from handlers.acting import act
from handlers.context import Ctx
from handlers.routing import ANYONE, BOUND, Router, Side
from models.cases.advance import advance
from models.cases.case import Case
from models.cases.desk_filing import leave_message, open_inquiry
from models.cases.intake import clean, says_something
from models.cases.knowledge import answer_text, best_answer
from models.cases.lookup import case_by_id, case_for
from models.errors import UserError
from models.messages.content import Button
from models.people.identity import TenantActor

router = Router("inquiry", Side.TENANT)

_CALL = "请客服回电"


@router.command("咨询", may=BOUND, usage="咨询 周末空调开吗", about="问一个问题，查不到的转客服回答")
async def ask(ctx: Ctx, rest: str) -> None:
    """From the list of answers, else from a person."""
    if says_something(rest):
        await answer_question(ctx, rest)
    else:
        await ctx.ask("inquiry", "what", {}, "请问您想了解什么？例如：停车月卡怎么办理。")


@router.step("inquiry", "what", may=BOUND)
async def asked(ctx: Ctx, answers: dict[str, object]) -> None:
    """The question."""
    if not says_something(ctx.message.text):
        raise UserError("没看到问题。请用一句话写出来，或发“人工”找客服。")
    await answer_question(ctx, ctx.message.text)


async def answer_question(ctx: Ctx, text: str) -> None:
    """A talk that is open goes on; else the list is asked first."""
    talking = await open_inquiry(ctx.session, ctx.message.sender, ctx.now, ctx.rules)
    entry = None if talking else await best_answer(ctx.session, text, ctx.rules)
    if entry is None:
        await pass_on(ctx, text)
        return
    answer = await answer_text(ctx.session, entry, ctx.today, ctx.rules)
    await ctx.ask(
        "inquiry",
        "more",
        {"text": text, "ask": f"more{ctx.inbox_id}"},
        answer,
        Button(f"form:more{ctx.inbox_id}", "没解决，转客服"),
    )


@router.command("人工", "转人工", "人工客服", "报修电话", may=ANYONE, usage="人工", about="请客服联系您")
async def human(ctx: Ctx, rest: str) -> None:
    """The desk is told; somebody we can not place gets the number to call."""
    if isinstance(ctx.actor, TenantActor):
        await pass_on(ctx, rest or _CALL)
    else:
        phone = ctx.rules.park.phone
        await ctx.reply(f"请致电服务中心 {phone}，或发送“绑定”登记身份后由客服联系您。")


async def pass_on(ctx: Ctx, text: str) -> None:
    """The words go to the desk, and the answer comes back into this chat."""
    case, new = await leave_message(
        ctx.session, act(ctx, note=clean(text)), ctx.tenant.contact, text, ctx.message.sender
    )
    phone = ctx.rules.park.phone
    first = f"已转给客服（{case.number}），会在这里回复您，可继续留言。急事请直接致电 {phone}。"
    await ctx.reply(first if new else f"已转给客服（{case.number}）。", subject=case.subject)


@router.command("解决了", may=BOUND, usage="解决了 Z02", about="咨询的问题已经解决")
async def solved_word(ctx: Ctx, rest: str) -> None:
    """The talk is over."""
    case, _ = await case_for(ctx.session, ctx.tenant, "解决了", rest, ctx.now, ctx.rules)
    await solved(ctx, case)


@router.press("solved", may=BOUND)
async def solved_tap(ctx: Ctx, case_id: str) -> None:
    """The same by button."""
    await solved(ctx, await case_by_id(ctx.session, ctx.tenant, case_id))


async def solved(ctx: Ctx, case: Case) -> None:
    """Thanks."""
    await advance(ctx.session, case, "解决了", act(ctx))
    await ctx.reply("好的，很高兴帮到您。有需要随时发消息。")
