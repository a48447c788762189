"""冲正, 支票, 退票, 退款: money that goes back, or did not come after all."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.picking import the_payer, yes_or_no
from handlers.routing import Router, Side
from models.errors import UserError
from models.fees.cheques import cheques_text, clear_cheque, must_wait, waiting_cheques
from models.fees.money import yuan
from models.fees.payment import Payment, ReversalCode, credit_fen
from models.fees.receipt_words import tell_refund_back, tell_refunded, tell_reversed
from models.fees.refunding import RefundWanted, give_back, parse_refund, take_refund_back
from models.fees.reversal import code_of, find_payment, must_be_live, reverse
from models.invoices.changing import hit_by
from models.invoices.words import tell_hit
from models.messages.content import Button, Content
from models.people.tenant import Tenant

router = Router("staff_reversals", Side.STAFF)


@router.command(
    "冲正", may="fees.reverse", usage="冲正 SK-202604-0001 金额输错", about="冲销一笔收款，写明原因"
)
async def take_back(ctx: Ctx, rest: str) -> None:
    number, _, reason = rest.partition(" ")
    payment = await find_payment(ctx.session, number)
    must_be_live(payment)
    code = code_of(reason)
    if reason.strip() and code is None:
        answers = {"payment": payment.id, "reason": reason.strip()}
        buttons = [Button(f"form:{each}", each) for each in ReversalCode]
        await ctx.ask(
            "reversal",
            "code",
            answers,
            f"{payment.number} 冲正的原因属于哪一类？（{reason.strip()[:60]}）",
            *buttons,
        )
        return
    await _take_back(ctx, payment, reason, code or ReversalCode.OTHER)


@router.step("reversal", "code", may="fees.reverse")
async def reason_code(ctx: Ctx, answers: dict[str, object]) -> None:
    payment = await ctx.session.get_one(Payment, int(str(answers["payment"])))
    code = next((code for code in ReversalCode if code == ctx.message.text.strip()), None)
    if code is None:
        buttons = [Button(f"form:{each}", each) for each in ReversalCode]
        await ctx.ask("reversal", "code", answers, "请点选一类，不冲正请发送“取消”。", *buttons)
        return
    await _take_back(ctx, payment, str(answers["reason"]), code)


@router.command("支票", may="fees.cash", usage="支票 到账 SK-202604-0001", about="看待到账支票，登记到账")
async def cheques(ctx: Ctx, rest: str) -> None:
    word, _, number = rest.partition(" ")
    if word != "到账":
        await ctx.reply(cheques_text(await waiting_cheques(ctx.session)))
        return
    payment = await find_payment(ctx.session, number)
    await clear_cheque(ctx.session, payment, ctx.now)
    await ctx.audit("cheque.clear", f"payment:{payment.id}", number=payment.number)
    await ctx.reply(f"已登记 {payment.number}（{yuan(payment.amount_fen)} 元）支票到账。")


@router.command(
    "退票", may="fees.reverse", usage="退票 SK-202604-0001 存款不足", about="支票被退，冲销收款，写明原因"
)
async def bounced(ctx: Ctx, rest: str) -> None:
    number, _, reason = rest.partition(" ")
    payment = await find_payment(ctx.session, number)
    must_wait(payment)
    if not reason.strip():
        raise UserError(f"请写明银行退票的理由，例如：退票 {payment.number} 存款不足")
    await _take_back(ctx, payment, reason, ReversalCode.BOUNCED)


@router.command(
    "退款",
    may="fees.refund",
    usage="退款 云帆设计 100 转账 云帆设计基本户 多付退回",
    about="退还预存款；撤销发“退款 撤销 单号 原因”",
)
async def refund(ctx: Ctx, rest: str) -> None:
    word, _, more = rest.partition(" ")
    if word == "撤销":
        await _refund_back(ctx, more)
        return
    wanted = parse_refund(rest, ctx.rules.payments)
    await _ask_refund(ctx, await the_payer(ctx, wanted.payer), wanted, ctx.key)


@router.step("refund", "confirm", may="fees.refund")
async def refund_confirmed(ctx: Ctx, answers: dict[str, object]) -> None:
    tenant = await ctx.session.get_one(Tenant, int(str(answers["tenant"])))
    wanted = RefundWanted.from_json(answers)
    match yes_or_no(ctx.message.text):
        case None:
            await _ask_refund(ctx, tenant, wanted, str(answers["key"]))
        case False:
            await ctx.reply("好的，没有退款。")
        case True:
            await _give_back(ctx, tenant, wanted, str(answers["key"]))


async def _take_back(ctx: Ctx, payment: Payment, reason: str, code: ReversalCode) -> None:
    bills = await reverse(ctx.session, payment, by=ctx.actor_key, reason=reason, now=ctx.now, code=code)
    detail = {"number": payment.number, "reason": payment.reversed_reason, "code": str(code)}
    await ctx.audit("payment.reverse", f"payment:{payment.id}", **detail)
    await tell_reversed(ctx.session, payment, ctx.now)
    invoices = await hit_by(ctx.session, payment)
    await tell_hit(ctx.session, invoices, ctx.now, ctx.rules)
    owed = sum(bill.owed_fen for bill in bills)
    await ctx.reply(
        f"已冲正 {payment.number}（{yuan(payment.amount_fen)} 元，{code}）。相关账单现欠 {yuan(owed)} 元，已告知租户。"
        + (f"涉及发票 {'、'.join(each.number for each in invoices)}，已通知财务处理。" if invoices else "")
    )


async def _ask_refund(ctx: Ctx, tenant: Tenant, wanted: RefundWanted, key: str) -> None:
    credit = await credit_fen(ctx.session, tenant.id)
    text = (
        f"请确认退款：{tenant.name}，{wanted.method} {yuan(wanted.amount_fen)} 元，退给 {wanted.payee}。\n"
        f"原因：{wanted.reason}\n现有预存 {yuan(credit)} 元。回复“是”退款，“否”取消。"
    )
    buttons = (Button("form:是", "确认退款"), Button("form:否", "取消"))
    answers = wanted.to_json() | {"key": key, "tenant": tenant.id}
    await ctx.ask("refund", "confirm", answers, Content(title="确认退款", text=text, buttons=buttons))


async def _give_back(ctx: Ctx, tenant: Tenant, wanted: RefundWanted, key: str) -> None:
    given, new = await give_back(
        ctx.session, tenant_id=tenant.id, wanted=wanted, by=ctx.actor_key, message_key=key, now=ctx.now
    )
    if new:
        detail = {"number": given.number, "amount_fen": given.amount_fen, "payee": given.payee}
        await ctx.audit("refund", f"refund:{given.id}", **detail, reason=given.reason)
        await tell_refunded(ctx.session, given, ctx.now)
    left = await credit_fen(ctx.session, tenant.id)
    await ctx.reply(
        f"{'已登记' if new else '此前已登记'}退款 {given.number}：{tenant.name} {yuan(given.amount_fen)} 元，"
        f"{given.method}退给 {given.payee}。预存余额 {yuan(left)} 元，已告知租户。"
    )


async def _refund_back(ctx: Ctx, rest: str) -> None:
    number, _, reason = rest.partition(" ")
    refund = await take_refund_back(ctx.session, number, by=ctx.actor_key, reason=reason, now=ctx.now)
    await ctx.audit("refund.cancel", f"refund:{refund.id}", number=refund.number, reason=reason)
    await tell_refund_back(ctx.session, refund, ctx.now)
    await ctx.reply(f"已撤销退款 {refund.number}，{yuan(refund.amount_fen)} 元记回预存，已告知租户。")
