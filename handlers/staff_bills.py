"""出账, 复核, 批准, 驳回: a month's bills go from hand to hand; 欠费: who owes."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.drafting import draft_first
from handlers.routing import Router, Side
from models.calendar.period import Month
from models.errors import UserError
from models.fees.bill import BillRun, RunStatus
from models.fees.bill_cards import (
    ask_to_approve,
    run_subject,
    tell_issued,
    tell_sent_back,
)
from models.fees.bill_draft import lock_run, run_label, start_draft
from models.fees.bill_issue import continue_issue
from models.fees.billing import approve_run, check_run, locked_run, send_back, waiting_run
from models.fees.debt_words import debtors_text
from models.fees.debtors import debtors
from models.fees.difference_words import difference_contents

router = Router("staff_bills", Side.STAFF)


@router.command("出账", may="fees.bill", usage="出账 3月", about="计算一个月的账单草稿")
async def make_draft(ctx: Ctx, rest: str) -> None:
    month = Month.parse(rest, ctx.today) if rest else Month.of(ctx.today)
    run = await start_draft(
        ctx.session, month, by=ctx.actor_key, now=ctx.now, rules=ctx.rules, calendar=ctx.calendar
    )
    await draft_first(ctx, run)


@router.command("差异", may="fees.bill|fees.check|fees.approve", usage="差异 3月", about="账单与上月逐户对比")
async def show_differences(ctx: Ctx, rest: str) -> None:
    run = await lock_run(ctx.session, Month.parse(rest, ctx.today) if rest else Month.of(ctx.today))
    for content in await difference_contents(ctx.session, run):
        await ctx.reply(content)


@router.command("复核", may="fees.check", usage="复核", about="核对账单草稿，交项目经理批准")
async def check_by_word(ctx: Ctx, rest: str) -> None:
    await _check(ctx, await _meant(ctx, rest, RunStatus.DRAFT))


@router.press("check", may="fees.check")
async def check_by_card(ctx: Ctx, argument: str) -> None:
    await _check(ctx, await locked_run(ctx.session, _id(argument)))


@router.command("批准", may="fees.approve", usage="批准", about="批准已复核的账单并发出")
async def approve_by_word(ctx: Ctx, rest: str) -> None:
    await _approve(ctx, await _meant(ctx, rest, RunStatus.CHECKED))


@router.press("bill_approve", may="fees.approve")
async def approve_by_card(ctx: Ctx, argument: str) -> None:
    await _approve(ctx, await locked_run(ctx.session, _id(argument)))


@router.command(
    "驳回", may="fees.approve", usage="驳回 A-1203 电费请核对", about="退回已复核的账单，写明原因"
)
async def reject_by_word(ctx: Ctx, rest: str) -> None:
    await _send_back(ctx, await waiting_run(ctx.session, RunStatus.CHECKED), rest)


@router.command("退回", may="fees.check", usage="退回 缺A座读数", about="退回账单草稿，写明原因")
async def return_by_word(ctx: Ctx, rest: str) -> None:
    await _send_back(ctx, await waiting_run(ctx.session, RunStatus.DRAFT), rest)


@router.press("bill_return", may="fees.check")
async def return_by_card(ctx: Ctx, argument: str) -> None:
    await _ask_reason(ctx, argument, RunStatus.DRAFT)


@router.press("bill_reject", may="fees.approve")
async def reject_by_card(ctx: Ctx, argument: str) -> None:
    await _ask_reason(ctx, argument, RunStatus.CHECKED)


@router.step("bill_back", "reason", may="fees.check|fees.approve")
async def reason_given(ctx: Ctx, answers: dict[str, object]) -> None:
    run = await locked_run(ctx.session, int(str(answers["run"])))
    if run.status != answers["status"]:
        raise UserError("这次出账刚刚有变化，请重新发送“待办”查看后再处理。")
    await _send_back(ctx, run, ctx.message.text)


@router.command("欠费", may="fees.see", usage="欠费", about="看谁还欠多少")
async def show_debtors(ctx: Ctx, rest: str) -> None:
    await ctx.reply(debtors_text(await debtors(ctx.session, ctx.today), rest, ctx.today))


async def _meant(ctx: Ctx, rest: str, status: RunStatus) -> BillRun:
    month = Month.parse(rest, ctx.today) if rest else None
    return await waiting_run(ctx.session, status, month)


async def _check(ctx: Ctx, run: BillRun) -> None:
    warning = await check_run(ctx.session, run, by=ctx.actor_key, now=ctx.now)
    await ctx.audit("bill.check", run_subject(run), warning=warning)
    await ask_to_approve(ctx.session, run, ctx.key, warning, now=ctx.now, rules=ctx.rules)
    note = f"注意：{warning}。" if warning else ""
    await ctx.reply(f"{run_label(run)}已复核，已请项目经理批准。{note}")


async def _approve(ctx: Ctx, run: BillRun) -> None:
    warning = await approve_run(ctx.session, run, by=ctx.actor_key, now=ctx.now)
    await ctx.audit("bill.approve", run_subject(run), warning=warning)
    left = await continue_issue(ctx.session, run, now=ctx.now, rules=ctx.rules, calendar=ctx.calendar)
    label = run_label(run)
    if left:
        await ctx.reply(f"{label}已批准，正在发出，还有 {left} 份，稍后自动完成。")
        return
    await tell_issued(ctx.session, run, now=ctx.now, rules=ctx.rules)
    await ctx.reply(f"{label}已批准，缴费通知单正在送达。发送“签收表”看进度。")


async def _ask_reason(ctx: Ctx, argument: str, status: RunStatus) -> None:
    run = await locked_run(ctx.session, _id(argument))
    if run.status is not status:
        raise UserError("这次出账的状态已经变了，请发送“待办”查看。")
    await ctx.ask("bill_back", "reason", {"run": run.id, "status": str(status)}, "请写明退回的原因：")


async def _send_back(ctx: Ctx, run: BillRun, reason: str) -> None:
    await send_back(ctx.session, run, reason=reason)
    await ctx.audit("bill.send_back", run_subject(run), reason=run.rejected_reason)
    await tell_sent_back(ctx.session, run, ctx.key, by=ctx.actor_name, now=ctx.now)
    await ctx.reply(f"{run_label(run)}已退回，已告知制单人：{run.rejected_reason}")


def _id(argument: str) -> int:
    if not argument.isdecimal() or len(argument) > 9:
        raise UserError("这个按钮已经失效。发送“待办”查看。")
    return int(argument)
