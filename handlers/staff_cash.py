"""收款, 收据: money at the counter."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.picking import ask_which, chosen, payers_meant, yes_or_no
from handlers.receipts import hand_receipt, number_in
from handlers.routing import Router, Side
from models.fees.bill import unpaid_bills
from models.fees.receipt_words import cashier_text, question_text, tell_payer
from models.fees.receiving import receive
from models.fees.reversal import find_payment
from models.fees.twice import twin_of, twin_text
from models.fees.wanted import Wanted, bills_meant, parse_wanted
from models.messages.content import Button, Content
from models.people.tenant import Tenant

router = Router("staff_cash", Side.STAFF)
FORM = "payment"


@router.command(
    "收款",
    may="fees.cash",
    usage="收款 云帆设计 1409.50 转账 3月 流水号0312",
    about="登记一笔收款，可写明抵哪几个月",
)
async def take_payment(ctx: Ctx, rest: str) -> None:
    wanted = parse_wanted(rest, ctx.rules.payments)
    found = await payers_meant(ctx, wanted.payer)
    if len(found) == 1:
        await _ask_confirmation(ctx, found[0], wanted, ctx.key)
    else:
        await ask_which(ctx, FORM, found, wanted.to_json() | {"key": ctx.key}, "哪一家付款？")


@router.step(FORM, "which", may="fees.cash")
async def which_tenant(ctx: Ctx, answers: dict[str, object]) -> None:
    tenant, found = await chosen(ctx, answers)
    if tenant is None:
        await ask_which(ctx, FORM, found, answers, "哪一家付款？")
    else:
        await _ask_confirmation(ctx, tenant, Wanted.from_json(answers), str(answers["key"]))


@router.step(FORM, "confirm", may="fees.cash")
async def confirmed(ctx: Ctx, answers: dict[str, object]) -> None:
    tenant = await ctx.session.get_one(Tenant, int(str(answers["tenant"])))
    wanted, key = Wanted.from_json(answers), str(answers["key"])
    answer = yes_or_no(ctx.message.text)
    if answer is False:
        await ctx.reply("好的，没有入账。")
        return
    twin = await twin_of(ctx.session, tenant.id, wanted, ctx.now, ctx.rules)
    # Somebody else may have recorded it since the question.
    known = twin is None or str(twin.id) == str(answers["twin"]) or twin.message_key == key
    if answer and known:
        await _record(ctx, tenant, wanted, key)
    else:
        await _ask_confirmation(ctx, tenant, wanted, key)


@router.command("收据", may="fees.see|fees.cash", usage="收据 SK-202604-0001", about="再取一次收款的收据 PDF")
async def receipt_again(ctx: Ctx, rest: str) -> None:
    await hand_receipt(ctx, await find_payment(ctx.session, number_in(rest)))


async def _record(ctx: Ctx, tenant: Tenant, wanted: Wanted, key: str) -> None:
    received = await receive(
        ctx.session,
        tenant_id=tenant.id,
        amount_fen=wanted.amount_fen,
        method=wanted.method,
        reference=wanted.reference,
        cashier=ctx.actor_key,
        message_key=key,
        now=ctx.now,
        rules=ctx.rules,
        named=await _named(ctx, tenant, wanted),
    )
    payment = received.payment
    if received.new:
        await ctx.audit(
            "payment.receive", f"payment:{payment.id}", number=payment.number, amount_fen=payment.amount_fen
        )
        await tell_payer(ctx.session, received, ctx.now)
    await ctx.reply(await cashier_text(ctx.session, tenant, received))
    if received.new:
        await hand_receipt(ctx, payment)


async def _ask_confirmation(ctx: Ctx, tenant: Tenant, wanted: Wanted, key: str) -> None:
    named = await _named(ctx, tenant, wanted)
    text = await question_text(ctx.session, tenant, wanted, named, ctx.rules)
    twin = await twin_of(ctx.session, tenant.id, wanted, ctx.now, ctx.rules)
    if twin:
        text = f"{await twin_text(ctx.session, twin)}\n{text}"
    answers = wanted.to_json() | {"key": key, "tenant": tenant.id, "twin": twin.id if twin else 0}
    yes = Button("form:是", "确是另一笔" if twin else "确认收款")
    title = "可能重复收款" if twin else "确认收款"
    await ctx.ask(
        FORM, "confirm", answers, Content(title=title, text=text, buttons=(yes, Button("form:否", "取消")))
    )


async def _named(ctx: Ctx, tenant: Tenant, wanted: Wanted) -> list[int]:
    return bills_meant(await unpaid_bills(ctx.session, tenant.id), wanted.targets, ctx.today)
