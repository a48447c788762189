"""月结: the cashier hands a month's papers in, the finance supervisor passes them or asks."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import Router, Side
from models.calendar.period import Month
from models.closing.close import CloseStatus, MonthClose, close_of, questions_of
from models.closing.close_cards import (
    MAKE,
    REVIEW,
    ask_to_review,
    files_of,
    review_card,
    summary_text,
    tell_passed,
    tell_sent_back,
)
from models.closing.review import answer, approve, next_question, send_back, submit
from models.closing.voucher import summary_of
from models.errors import UserError
from models.messages.content import Button
from models.messages.spill import spill
from models.messages.tell import close_cards

router = Router("staff_closing", Side.STAFF)
_GONE = "这个按钮已经失效。发送“月结”查看现在的情况。"


@router.command("月结", may=f"{MAKE}|{REVIEW}", usage="月结 3月", about="汇总一个月的收费凭证，交审核归档")
async def close_month(ctx: Ctx, rest: str) -> None:
    month = Month.parse(rest, ctx.today) if rest else Month.of(ctx.today).previous()
    close = await close_of(ctx.session, month, lock=True)
    if close and close.status is CloseStatus.RETURNED and ctx.staff.may(MAKE, ctx.rules):
        await _answer_or_submit(ctx, close)
    elif close and (close.status is not CloseStatus.REVIEW or close.made_by == ctx.actor_key):
        await _show_status(ctx, close)
    elif close and ctx.staff.may(REVIEW, ctx.rules):
        await _show_papers(ctx, close)
    elif ctx.staff.may(MAKE, ctx.rules):
        await _submit(ctx, month)
    else:
        raise UserError(f"{month.label}月结还没有提交，请出纳员发送“月结 {month}”。")


@router.press("close_submit", may=MAKE)
async def submit_again(ctx: Ctx, argument: str) -> None:
    await _submit(ctx, (await _close(ctx, argument)).period)


@router.press("close_pass", may=REVIEW)
async def passed(ctx: Ctx, argument: str) -> None:
    close = await _close(ctx, argument)
    await approve(ctx.session, close, by=ctx.actor_key, now=ctx.now)
    await ctx.audit("close.approve", close.subject, month=close.month, round=close.round)
    await tell_passed(ctx.session, close, ctx.actor_name, ctx.now)
    await ctx.reply(f"{close.period.label}月结已通过，正在加密归档，完成后告诉您。")


@router.press("close_back", may=REVIEW)
async def ask_for_questions(ctx: Ctx, argument: str) -> None:
    close = await _close(ctx, argument)
    if close.status is not CloseStatus.REVIEW:
        raise UserError(f"{close.period.label}月结{close.status.words}，不能退回。")
    await ctx.ask(
        "close_back", "questions", {"id": close.id, "round": close.round}, "请写明要核对的问题，每行一个："
    )


@router.step("close_back", "questions", may=REVIEW)
async def questions_given(ctx: Ctx, answers: dict[str, object]) -> None:
    close = await _close(ctx, str(answers["id"]))
    if close.round != answers["round"]:
        raise UserError("这份月结刚刚重新提交过，请发送“月结”重新查看。")
    questions = [line.strip() for line in ctx.message.text.splitlines() if line.strip()]
    await send_back(ctx.session, close, questions, by=ctx.actor_key, now=ctx.now)
    await ctx.audit("close.return", close.subject, month=close.month, questions=questions)
    await tell_sent_back(ctx.session, close, questions, ctx.actor_name, ctx.now)
    await ctx.reply(f"{close.period.label}月结已退回，{len(questions)} 个问题已转给制表人。")


@router.press("close_answer", may=MAKE)
async def begin_answering(ctx: Ctx, argument: str) -> None:
    close = await _close(ctx, argument)
    if close.status is not CloseStatus.RETURNED:
        raise UserError(f"{close.period.label}月结{close.status.words}，不需要答复。")
    await _answer_or_submit(ctx, close)


@router.step("close_answer", "answer", may=MAKE)
async def answer_given(ctx: Ctx, answers: dict[str, object]) -> None:
    close = await _close(ctx, str(answers["id"]))
    question = await next_question(ctx.session, close)
    if question is None or question.id != answers["question"]:
        raise UserError(_GONE)
    await answer(ctx.session, question, ctx.message.text, by=ctx.actor_key, now=ctx.now)
    await ctx.audit("close.answer", close.subject, question=question.question, answer=question.answer)
    await _answer_or_submit(ctx, close)


async def _answer_or_submit(ctx: Ctx, close: MonthClose) -> None:
    """The next question, or, with all answered, the way to hand it in again."""
    question = await next_question(ctx.session, close)
    if question is None:
        button = Button(f"close_submit:{close.id}", "重新提交")
        await ctx.reply(f"{close.period.label}月结的疑问都已答复，请重新提交审核。", button)
        return
    state = {"id": close.id, "question": question.id}
    await ctx.ask("close_answer", "answer", state, f"疑问：{question.question}\n请答复：")


async def _submit(ctx: Ctx, month: Month) -> None:
    close = await submit(ctx.session, month, by=ctx.actor_key, now=ctx.now, rules=ctx.rules)
    await close_cards(ctx.session, close.subject, "已重新提交", ctx.now)
    await ctx.audit("close.submit", close.subject, month=close.month, round=close.round)
    questions = await questions_of(ctx.session, close.id)
    asked = await ask_to_review(ctx.session, close, questions, ctx.now, ctx.rules)
    sent = "已请财务主管审核。" if asked else "但还没有别的同事有审核权限（fees.review），请联系系统管理员。"
    await ctx.reply(f"{month.label}月结已提交，{sent}\n{summary_text(summary_of(close.facts))}")
    for file in files_of(close):
        await ctx.reply(file)


async def _show_status(ctx: Ctx, close: MonthClose) -> None:
    text = f"{close.period.label}月结：{close.status.words}。\n{summary_text(summary_of(close.facts))}"
    if close.status is CloseStatus.SEALED:
        text += f"\n归档文件 {close.file_name}，校验码（SHA-256）{close.sha256}"
    elif close.fault:
        text += f"\n归档未完成：{close.fault}"
    await ctx.reply(text)


async def _show_papers(ctx: Ctx, close: MonthClose) -> None:
    for file in files_of(close):
        await ctx.reply(file)
    for part in spill(review_card(close, await questions_of(ctx.session, close.id))):
        await ctx.reply(part, subject=close.subject)


async def _close(ctx: Ctx, argument: str) -> MonthClose:
    """The close a button names, locked. Raises UserError."""
    if not argument.isdecimal() or len(argument) > 9:
        raise UserError(_GONE)
    close = await ctx.session.get(MonthClose, int(argument), with_for_update=True)
    if close is None:
        raise UserError(_GONE)
    return close
