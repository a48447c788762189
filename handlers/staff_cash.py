"""收款, 冲正, 日结: money at the counter."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Ctx
from handlers.receipts import hand_receipt, number_in
from handlers.routing import Router, Side
from models.errors import UserError
from models.fees.debt_words import day_close_text
from models.fees.debtors import day_close
from models.fees.money import yuan
from models.fees.payer import find_payers
from models.fees.receipt_words import cashier_text, question_text, tell_payer, tell_reversed
from models.fees.receiving import Wanted, parse_wanted, receive
from models.fees.reversal import find_payment, reverse
from models.messages.content import Button, Content
from models.people.tenant import Tenant

router = Router("staff_cash", Side.STAFF)
FORM = "payment"
_YES = frozenset({"是", "是的", "对", "确认", "确认收款", "好", "好的", "ok", "y", "yes"})
_NO = frozenset({"否", "不", "不是", "取消", "n", "no"})
_MOST_PAYERS = 5


@router.command("收款", may="fees.cash", usage="收款 云帆设计 1409.50 转账 流水号0312", about="登记一笔收款")
async def take_payment(ctx: Ctx, rest: str) -> None:
    wanted = parse_wanted(rest)
    found = await find_payers(ctx.session, wanted.payer, ctx.today)
    if not found:
        raise UserError(f"没有找到租户“{wanted.payer[:20]}”，请写名称的一部分或单元号。")
    if len(found) == 1:
        await _ask_confirmation(ctx, found[0], wanted, ctx.key)
    else:
        await _ask_which(ctx, found, wanted)


@router.step(FORM, "which", may="fees.cash")
async def which_tenant(ctx: Ctx, answers: dict[str, object]) -> None:
    wanted, ids = _wanted(answers), [int(each) for each in str(answers["ids"]).split()]
    text = ctx.message.text.strip()
    if not text.isdecimal() or not 1 <= int(text[:4]) <= len(ids):
        found = [tenant for tenant in [await ctx.session.get(Tenant, each) for each in ids] if tenant]
        named = [tenant for tenant in found if text and text in tenant.name]
        if len(named) != 1:
            await _ask_which(ctx, found, wanted)
            return
        ids, text = [named[0].id], "1"
    tenant = await ctx.session.get_one(Tenant, ids[int(text) - 1])
    await _ask_confirmation(ctx, tenant, wanted, str(answers["key"]))


@router.step(FORM, "confirm", may="fees.cash")
async def confirmed(ctx: Ctx, answers: dict[str, object]) -> None:
    answer = ctx.message.text.strip().lower()
    if answer in _NO:
        await ctx.reply("好的，没有入账。")
    elif answer in _YES:
        await _record(ctx, answers)
    else:
        tenant = await ctx.session.get_one(Tenant, int(str(answers["tenant"])))
        await _ask_confirmation(ctx, tenant, _wanted(answers), str(answers["key"]))


@router.command(
    "冲正", may="fees.reverse", usage="冲正 SK-202604-0001 金额输错", about="冲销一笔收款，写明原因"
)
async def take_back(ctx: Ctx, rest: str) -> None:
    number, _, reason = rest.partition(" ")
    payment = await find_payment(ctx.session, number)
    bills = await reverse(ctx.session, payment, by=ctx.actor_key, reason=reason, now=ctx.now)
    await ctx.audit("payment.reverse", f"payment:{payment.id}", number=payment.number, reason=reason)
    await tell_reversed(ctx.session, payment, ctx.now)
    owed = sum(bill.owed_fen for bill in bills)
    await ctx.reply(
        f"已冲正 {payment.number}（{yuan(payment.amount_fen)} 元）。相关账单现欠 {yuan(owed)} 元，已告知租户。"
    )


@router.command("收据", may="fees.see|fees.cash", usage="收据 SK-202604-0001", about="再取一次收款的收据 PDF")
async def receipt_again(ctx: Ctx, rest: str) -> None:
    await hand_receipt(ctx, await find_payment(ctx.session, number_in(rest)))


@router.command("日结", may="fees.cash", usage="日结", about="看今天的收款，按方式合计")
async def close_day(ctx: Ctx, rest: str) -> None:
    cashier = None if rest.startswith("全部") else ctx.actor_key
    taken, undone = await day_close(ctx.session, ctx.today, cashier)
    who = "全部收款员" if cashier is None else ctx.actor_name
    await ctx.reply(day_close_text(f"{ctx.today} {who}", taken, undone))


async def _record(ctx: Ctx, answers: dict[str, object]) -> None:
    wanted, tenant_id = _wanted(answers), int(str(answers["tenant"]))
    received = await receive(
        ctx.session,
        tenant_id=tenant_id,
        amount_fen=wanted.amount_fen,
        method=wanted.method,
        reference=wanted.reference,
        cashier=ctx.actor_key,
        message_key=str(answers["key"]),
        now=ctx.now,
        rules=ctx.rules,
    )
    if received.new:
        payment = received.payment
        await ctx.audit(
            "payment.receive", f"payment:{payment.id}", number=payment.number, amount_fen=payment.amount_fen
        )
        await tell_payer(ctx.session, received, ctx.now)
    tenant = await ctx.session.get_one(Tenant, tenant_id)
    await ctx.reply(await cashier_text(ctx.session, tenant, received))
    if received.new:
        await hand_receipt(ctx, received.payment)


async def _ask_confirmation(ctx: Ctx, tenant: Tenant, wanted: Wanted, key: str) -> None:
    text = await question_text(ctx.session, tenant, wanted)
    answers = _answers(wanted, key) | {"tenant": tenant.id}
    content = Content(
        title="确认收款", text=text, buttons=(Button("form:是", "确认收款"), Button("form:否", "取消"))
    )
    await ctx.ask(FORM, "confirm", answers, content)


async def _ask_which(ctx: Ctx, found: Sequence[Tenant], wanted: Wanted) -> None:
    if len(found) > _MOST_PAYERS:
        raise UserError(f"有 {len(found)} 家租户名称含“{wanted.payer[:20]}”，请写得完整一些。")
    rows = "\n".join(f"{i}. {tenant.name}" for i, tenant in enumerate(found, start=1))
    buttons = tuple(Button(f"form:{i}", f"第 {i} 家") for i in range(1, len(found) + 1))
    answers = _answers(wanted, ctx.key) | {"ids": " ".join(str(tenant.id) for tenant in found)}
    content = Content(title="哪一家付款？", text=f"请选择付款的租户：\n{rows}", buttons=buttons)
    await ctx.ask(FORM, "which", answers, content)


def _answers(wanted: Wanted, key: str) -> dict[str, object]:
    return {
        "payer": wanted.payer, "amount_fen": wanted.amount_fen, "method": wanted.method,
        "reference": wanted.reference, "key": key,
    }  # fmt: skip


def _wanted(answers: dict[str, object]) -> Wanted:
    return Wanted(
        str(answers["payer"]),
        int(str(answers["amount_fen"])),
        str(answers["method"]),
        str(answers["reference"]),
    )
