"""恢复后通知我, 仍要报修: what a tenant may do about a known outage."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.outage_answer import FORM, answer_with_outage
from handlers.routing import BOUND, Router, Side
from handlers.tenant_report import place_or_file
from handlers.tenant_words import free_text
from models.announcements.announcement import locked
from models.announcements.outage_answer import answer_for
from models.announcements.words import clock_words
from models.cases.intake import place_of
from models.cases.workplace import rented_units
from models.errors import UserError
from models.messages.inbound import Kind

router = Router("outage", Side.TENANT)


@router.press("outage_word", may=BOUND)
async def keep_me_informed(ctx: Ctx, number: str) -> None:
    """Told once, when it is over or put off."""
    announcement = await locked(ctx.session, number)
    answer = await answer_for(ctx.session, announcement.id, ctx.tenant.contact.id)
    if answer is None:
        raise UserError("没有找到这次停用，可能已经失效。有问题请直接发“报修”加一句说明。")
    if announcement.over_at is not None:
        await ctx.reply(f"公告 {announcement.number} 的停用已经结束。仍有问题请直接发“报修”加一句说明。")
        return
    answer.wants_word, answer.account = True, ctx.message.sender
    until = clock_words(announcement.until_at or ctx.now, ctx.now)
    await ctx.reply(f"好的，恢复或改期时会在这里告诉您（计划 {until}）。")


@router.step(FORM, "choice", may=BOUND)
async def chosen(ctx: Ctx, answers: dict[str, object]) -> None:
    """仍要报修 files exactly what was said; other words are a new topic."""
    text, said = str(answers["text"]), ctx.message.text.strip("。.!！ ")
    if said in (answers["ask"], "仍要报修", "报修", "还是要报修"):
        announcement = await locked(ctx.session, str(answers["number"]))
        answer = await answer_for(ctx.session, announcement.id, ctx.tenant.contact.id)
        if answer is not None:
            answer.reported_at = answer.reported_at or ctx.now
        await place_or_file(ctx, text, anyway=True)
    elif ctx.message.kind is Kind.PRESS:
        raise UserError("这个按钮对应的是前面一句话，已经过时了。请重新描述，或直接发“报修”加一句说明。")
    elif ctx.media is not None and not said:
        units = await rented_units(ctx.session, ctx.tenant.tenant.id, ctx.today)
        if not await answer_with_outage(ctx, text, place_of(text, units)):
            await place_or_file(ctx, text)
    elif said == "恢复后通知我":
        await keep_me_informed(ctx, str(answers["number"]))
    else:
        await free_text(ctx, ctx.message.text)
