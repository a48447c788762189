"""What tenants may do with a repair they reported: look, sign off, rate, cancel, take up again, agree to a price."""

from __future__ import annotations

import re

from handlers.acting import act
from handlers.context import Ctx
from handlers.routing import BOUND, MONEY, Router, Side
from models.cases.advance import advance
from models.cases.case import Case, find_case
from models.cases.lookup import candidates, case_by_id, case_for, split_number
from models.cases.progress import MOST, open_cases, progress_text, summary_line
from models.cases.quote import agree
from models.cases.rating import read_rating, word_for
from models.cases.repair_cards import done_buttons, rating_buttons
from models.errors import UserError
from models.fees.money import yuan
from models.messages.content import Button

router = Router("repair", Side.TENANT)


@router.command("进度", "报修进度", "报修记录", "查进度", may=BOUND, usage="进度 R07", about="查看报修进展")
async def progress(ctx: Ctx, rest: str) -> None:
    """One case with its timeline, or all open ones."""
    number, _ = split_number(rest)
    if number or rest:
        case = await find_case(ctx.session, number or rest, tenant_id=ctx.tenant.tenant.id)
        await show(ctx, case)
        return
    cases = await open_cases(ctx.session, ctx.tenant.tenant.id)
    if not cases:
        raise UserError("贵司目前没有处理中的报修。需要报修请发“报修”加一句说明。")
    if len(cases) == 1:
        await show(ctx, cases[0])
        return
    lines = [await summary_line(ctx.session, case) for case in cases[:MOST]]
    await ctx.reply("\n".join([*lines, f"查看详情请发“进度 {cases[0].number}”。"]))


async def show(ctx: Ctx, case: Case) -> None:
    """The timeline, with what may be tapped now."""
    prices = ctx.tenant.contact.role.sees_money
    text = await progress_text(ctx.session, case, ctx.now, for_staff=False, prices=prices)
    await ctx.reply(text, *(done_buttons(case) if case.state == "done" else ()))


@router.command("签认", "确认修好", may=BOUND, usage="签认 R07", about="确认已修好")
async def confirm(ctx: Ctx, rest: str) -> None:
    """The tenant signs the repair off."""
    case, _ = await case_for(ctx.session, ctx.tenant, "签认", rest, ctx.now, ctx.rules)
    await sign_off(ctx, case)


@router.press("confirm", may=BOUND)
async def confirm_tap(ctx: Ctx, case_id: str) -> None:
    """The same by button."""
    await sign_off(ctx, await case_by_id(ctx.session, ctx.tenant, case_id))


async def sign_off(ctx: Ctx, case: Case) -> None:
    """Asks for a rating next."""
    await advance(ctx.session, case, "签认", act(ctx))
    await ctx.reply(f"{case.number} 已签认，谢谢！请给这次维修打个分：", *rating_buttons(case))


@router.command("评价", may=BOUND, usage="评价 R07 5", about="给维修打 1 到 5 分")
async def rate(ctx: Ctx, rest: str) -> None:
    """Number and stars, in this order; the stars may be tapped instead."""
    stars, note, number = read_rating(rest)
    case, _ = await case_for(ctx.session, ctx.tenant, "评价", number, ctx.now, ctx.rules)
    if stars is None:
        await ctx.reply(f"请给 {case.number} 打分：", *rating_buttons(case))
    else:
        await rated(ctx, case, stars, note)


@router.press("rate", may=BOUND)
async def rate_tap(ctx: Ctx, argument: str) -> None:
    """ "<case id>:<stars>"."""
    case_id, _, stars = argument.partition(":")
    case = await case_by_id(ctx.session, ctx.tenant, case_id)
    await rated(ctx, case, int(stars) if re.fullmatch("[1-5]", stars) else 0, "")


async def rated(ctx: Ctx, case: Case, stars: int, note: str) -> None:
    """Thanks, and a way back for those who are not content."""
    word = word_for(stars, "评价", ctx.rules.repair.low_rating_most) if case.rating is None else "评价"
    await advance(ctx.session, case, word, act(ctx, rating=stars, note=note))
    if word == "评价":
        await ctx.reply(f"{case.number} 已评 {stars} 分，感谢您的评价！")
        return
    text = f"{case.number} 已评 {stars} 分，很抱歉没让您满意。已请主管跟进，会给您打电话；没修好请点“重开”。"
    await ctx.reply(text, Button(f"reopen:{case.id}", "重开"))


@router.command("重开", "重修", may=BOUND, usage="重开 R07", about="没修好，7 天内可重新处理")
async def reopen(ctx: Ctx, rest: str) -> None:
    """What follows the number says what is still wrong."""
    case, note = await case_for(ctx.session, ctx.tenant, "重开", rest, ctx.now, ctx.rules)
    await take_up(ctx, case, note)


@router.press("reopen", may=BOUND)
async def reopen_tap(ctx: Ctx, case_id: str) -> None:
    """The same by button."""
    await take_up(ctx, await case_by_id(ctx.session, ctx.tenant, case_id), "")


async def take_up(ctx: Ctx, case: Case, note: str) -> None:
    """Back to the start, with everything that is known."""
    await advance(ctx.session, case, "重开", act(ctx, note=note))
    await ctx.reply(f"{case.number} 已重新安排处理，抱歉给您添麻烦。可发照片说明还有什么问题。")


@router.command("不是同一件", may=BOUND, usage="不是同一件 R07", about="合并错了的报修恢复单独处理")
async def not_the_same(ctx: Ctx, rest: str) -> None:
    """The tenant knows better than we do."""
    case, note = await case_for(ctx.session, ctx.tenant, "不是同一件", rest, ctx.now, ctx.rules)
    await part(ctx, case, note)


@router.press("apart", may=BOUND)
async def not_the_same_tap(ctx: Ctx, case_id: str) -> None:
    """The same by button."""
    await part(ctx, await case_by_id(ctx.session, ctx.tenant, case_id), "")


async def part(ctx: Ctx, case: Case, note: str) -> None:
    """It is given out by itself again."""
    await advance(ctx.session, case, "不是同一件", act(ctx, note=note))
    await ctx.reply(f"好的，{case.number} 已恢复单独处理，正在安排师傅。发送“进度 {case.number}”可随时查看。")


@router.command("同意", may=MONEY, usage="同意 R07", about="同意有偿维修的报价")
async def accept_offer(ctx: Ctx, rest: str) -> None:
    """The amount goes on the month's bill."""
    case, _ = await case_for(ctx.session, ctx.tenant, "同意", rest, ctx.now, ctx.rules)
    await agreed(ctx, case)


@router.press("agree", may=MONEY)
async def accept_tap(ctx: Ctx, case_id: str) -> None:
    """The same by button."""
    await agreed(ctx, await case_by_id(ctx.session, ctx.tenant, case_id))


async def agreed(ctx: Ctx, case: Case) -> None:
    """Says what was agreed to."""
    amount_fen = await agree(ctx.session, case, act(ctx))
    await ctx.reply(f"已同意 {case.number} 报价 {yuan(amount_fen)} 元，师傅将开始施工，费用计入本月账单。")


@router.command("不同意", may=MONEY, usage="不同意 R07", about="不同意有偿维修的报价")
async def decline_offer(ctx: Ctx, rest: str) -> None:
    """Nothing is charged."""
    case, note = await case_for(ctx.session, ctx.tenant, "不同意", rest, ctx.now, ctx.rules)
    await declined(ctx, case, note)


@router.press("refuse", may=MONEY)
async def decline_tap(ctx: Ctx, case_id: str) -> None:
    """The same by button."""
    await declined(ctx, await case_by_id(ctx.session, ctx.tenant, case_id), "")


async def declined(ctx: Ctx, case: Case, note: str) -> None:
    """The worker is told and finds another way."""
    await advance(ctx.session, case, "不同意", act(ctx, note=note))
    await ctx.reply(f"已告知师傅您不同意 {case.number} 的报价，不会收费。有疑问请发“人工”。")


async def cancel_case(ctx: Ctx, rest: str) -> None:
    """取消 with a number withdraws the report; without one we say which could be meant."""
    number, note = split_number(rest)
    if not number:
        await _which_to_cancel(ctx)
        return
    case = await find_case(ctx.session, number, tenant_id=ctx.tenant.tenant.id)
    await advance(ctx.session, case, "取消", act(ctx, note=note))
    await ctx.reply(f"{case.number} 已取消。需要时请重新发送“报修”。")


async def _which_to_cancel(ctx: Ctx) -> None:
    cases = await candidates(ctx.session, ctx.tenant, "取消", ctx.now, ctx.rules)
    if not cases:
        raise UserError("现在没有可以取消的内容。")
    buttons = [Button(f"say:取消 {case.number}", f"取消 {case.number}") for case in cases[-6:]]
    await ctx.reply("要取消哪一单？", *buttons)
