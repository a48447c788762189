"""账单, 明细: a tenant looks at its own bills."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.receipts import hand_receipt, number_in
from handlers.routing import MONEY, Router, Side
from models.calendar.period import Month
from models.errors import UserError
from models.fees.bill import Bill
from models.fees.bill_view import bill_of, bills_text, change_answer, detail_text, latest_bill
from models.fees.payment import latest_payment
from models.fees.reversal import find_payment
from models.messages.content import Button

router = Router("tenant_bills", Side.TENANT)

_COMPARING = ("多", "涨", "贵", "上月")


@router.command("账单", "欠费", may=MONEY, usage="账单", about="看未付账单和应付总额")
async def show_bills(ctx: Ctx, _rest: str) -> None:
    text = await bills_text(ctx.session, ctx.tenant.tenant.id)
    newest = await latest_bill(ctx.session, ctx.tenant.tenant.id)
    await ctx.reply(text, *([Button("say:明细", "看明细")] if newest else []))


@router.command("明细", may=MONEY, usage="明细 3月", about="看每一项费用怎么算出来的")
async def show_lines(ctx: Ctx, rest: str) -> None:
    if any(word in rest for word in _COMPARING):
        await explain_change(ctx, rest)
        return
    bill = await _meant(ctx, rest)
    await ctx.reply(await detail_text(ctx.session, bill))


@router.command(
    "为什么",
    "怎么多了",
    "比上月多",
    "怎么这么多",
    may=MONEY,
    usage="为什么比上月多",
    about="看账单比上月多在哪里",
)
async def explain_change(ctx: Ctx, rest: str) -> None:
    bill = await _meant(ctx, rest)
    await ctx.reply(await change_answer(ctx.session, bill), Button(f"say:明细 {bill.month}", "看明细"))


@router.command("收据", may=MONEY, usage="收据 SK-202604-0001", about="取付款收据，不写单号为最近一次")
async def show_receipt(ctx: Ctx, rest: str) -> None:
    tenant_id, number = ctx.tenant.tenant.id, number_in(rest)
    if number:
        payment = await find_payment(ctx.session, number, tenant_id=tenant_id)
    elif newest := await latest_payment(ctx.session, tenant_id):
        payment = newest
    else:
        raise UserError("贵司还没有收款记录。付款入账后会告诉您，也可以发送“账单”查看未付账单。")
    await hand_receipt(ctx, payment)


async def _meant(ctx: Ctx, rest: str) -> Bill:
    tenant_id = ctx.tenant.tenant.id
    try:
        month = Month.parse(rest, ctx.today) if rest else None
    except UserError:
        month = None  # "为什么比上月多?" means the newest
    bill = (
        await bill_of(ctx.session, tenant_id, month) if month else await latest_bill(ctx.session, tenant_id)
    )
    if bill is None:
        raise UserError(f"贵司没有{month.label if month else ''}账单。发送“账单”查看未付账单。")
    return bill
