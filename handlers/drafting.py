"""The first chunk of a draft in the message that asked for it, and what is said about it."""

from __future__ import annotations

from handlers.context import Ctx
from models.fees.bill import BillRun
from models.fees.bill_cards import ask_to_check, check_buttons, run_subject
from models.fees.bill_draft import continue_draft, run_label
from models.fees.bill_summary import summarise
from models.fees.supplement import dropped
from models.messages.content import Content
from models.messages.spill import spill
from models.messages.tell import close_cards


async def draft_first(ctx: Ctx, run: BillRun) -> None:
    """A small park is done with it; a large one goes on in the background (scheduler.fees)."""
    left = await continue_draft(ctx.session, run, rules=ctx.rules, calendar=ctx.calendar)
    await close_cards(ctx.session, run_subject(run), "已重新出账", ctx.now)
    await ctx.audit("bill.draft", run_subject(run), month=run.month, kind=run.kind)
    if left:
        await ctx.reply(f"{run_label(run)}正在计算，还有 {left} 家。算好后自动发给您和复核人。")
        return
    if nothing := await dropped(ctx.session, run):
        await ctx.reply(nothing)
        return
    summary = await summarise(ctx.session, run, ctx.rules)
    await ask_to_check(ctx.session, run, summary, ctx.key, now=ctx.now, rules=ctx.rules)
    buttons = check_buttons(run) if ctx.staff.may("fees.check", ctx.rules) else ()
    text = f"{summary.text()}\n已请财务复核。"
    for part in spill(Content(title=f"{run_label(run)}草稿", text=text, buttons=buttons)):
        await ctx.reply(part, subject=run_subject(run))
