"""冲销, 补账: issued bills are never changed; a wrong one is taken back, and what is missing gets a bill of its own."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.drafting import draft_first
from handlers.picking import the_payer
from handlers.routing import Router, Side
from models.calendar.period import Month
from models.errors import UserError
from models.fees.bill import Bill, BillReversal
from models.fees.bill_reversal import (
    approve_reversal,
    ask_reversal,
    locked_reversal,
    parse_reversal,
    refuse_reversal,
)
from models.fees.reversal_cards import (
    ask_to_reverse,
    reversal_subject,
    tell_refused,
    tell_reversed,
    tell_tenant,
)
from models.fees.supplement import start_supplement
from models.messages.tell import close_cards

router = Router("staff_corrections", Side.STAFF)


@router.command(
    "冲销",
    may="fees.reverse",
    usage="冲销 ZD-202603-0001 读数 电表抄错一位",
    about="申请冲销一张已发出的账单",
)
async def ask(ctx: Ctx, rest: str) -> None:
    asked, bill = await ask_reversal(ctx.session, parse_reversal(rest), by=ctx.actor_key, now=ctx.now)
    await ctx.audit("bill.reversal.ask", reversal_subject(asked), number=bill.number, reason=asked.reason)
    await ask_to_reverse(ctx.session, asked, bill, ctx.key, by=ctx.actor_name, now=ctx.now, rules=ctx.rules)
    await ctx.reply(f"已请项目经理批准冲销 {bill.number}。批准前账单照常有效。")


@router.press("reverse_ok", may="fees.approve")
async def approve(ctx: Ctx, argument: str) -> None:
    asked, _ = await _locked(ctx, argument)
    bill = await approve_reversal(ctx.session, asked, by=ctx.actor_key, now=ctx.now)
    await ctx.audit("bill.reverse", f"bill:{bill.id}", number=asked.number, paid_fen=asked.paid_fen)
    await close_cards(ctx.session, reversal_subject(asked), "已批准", ctx.now)
    await tell_reversed(ctx.session, asked, bill, by=ctx.actor_name, now=ctx.now)
    if not asked.replace:
        await tell_tenant(ctx.session, asked, bill, now=ctx.now)
    await ctx.reply(f"已批准，{bill.number} 已冲销（{asked.number}），已告知申请人。")


@router.press("reverse_no", may="fees.approve")
async def refuse(ctx: Ctx, argument: str) -> None:
    asked, bill = await _locked(ctx, argument)
    await ctx.ask("reverse_no", "reason", {"asked": asked.id}, f"请写明不同意冲销 {bill.number} 的原因：")


@router.step("reverse_no", "reason", may="fees.approve")
async def refused(ctx: Ctx, answers: dict[str, object]) -> None:
    asked, bill = await locked_reversal(ctx.session, int(str(answers["asked"])))
    await refuse_reversal(asked, by=ctx.actor_key, answer=ctx.message.text, now=ctx.now)
    await ctx.audit("bill.reversal.refuse", reversal_subject(asked), answer=asked.answer)
    await close_cards(ctx.session, reversal_subject(asked), "已驳回", ctx.now)
    await tell_refused(ctx.session, asked, bill, by=ctx.actor_name, now=ctx.now)
    await ctx.reply(f"已驳回，{bill.number} 照常有效，已告知申请人。")


@router.command("补账", may="fees.bill", usage="补账 3月", about="补出已发账单之后漏计或更正的账单")
async def supplement(ctx: Ctx, rest: str) -> None:
    words = rest.split(maxsplit=1)
    month = Month.parse(words[0], ctx.today) if words else Month.of(ctx.today)
    tenant = await the_payer(ctx, words[1]) if len(words) > 1 else None
    run = await start_supplement(
        ctx.session, month, tenant.id if tenant else None, by=ctx.actor_key, now=ctx.now, rules=ctx.rules,
        calendar=ctx.calendar,
    )  # fmt: skip
    await draft_first(ctx, run)


async def _locked(ctx: Ctx, argument: str) -> tuple[BillReversal, Bill]:
    if not argument.isdecimal() or len(argument) > 9:
        raise UserError("这个按钮已经失效。发送“待办”查看。")
    return await locked_reversal(ctx.session, int(argument))
