"""发票: a tenant applies for invoices; what they say is asked once and kept."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.receipts import number_in
from handlers.routing import MONEY, Router, Side
from models.errors import UserError
from models.fees.money import yuan
from models.fees.payment import Payment
from models.fees.reversal import find_payment
from models.invoices.changing import apply, find_invoice
from models.invoices.invoice import InvoiceState, InvoiceTitle
from models.invoices.invoiceable import Invoiceable, bills_text, invoiceable
from models.invoices.tax_number import tax_number
from models.invoices.titles import invoice_email, invoice_title, keep_title, title_text
from models.invoices.words import invoice_file, invoice_line, latest_of, tell_finance
from models.messages.content import Button

router = Router("tenant_invoices", Side.TENANT)
FORM = "invoice"
_ASK_TAX = "请回复纳税人识别号（统一社会信用代码，18 位）。"
_ASK_EMAIL = "请回复接收发票的邮箱；只在微信接收请点“不需要”。"


@router.command(
    "发票", "开发票", may=MONEY, usage="发票", about="申请开票，查看和领取发票；“发票 修改”改抬头"
)
async def invoices(ctx: Ctx, rest: str) -> None:
    number = number_in(rest)
    if rest.startswith("修改"):
        await _ask_title(ctx, "")
    elif "FP" in rest.upper() and number:
        await _hand(ctx, number)
    else:
        await _offer(ctx, number)


@router.step(FORM, "title", may=MONEY)
async def title_given(ctx: Ctx, answers: dict[str, object]) -> None:
    try:
        title = invoice_title(ctx.message.text, ctx.tenant.tenant.name)
    except UserError as refusal:
        await _ask_title(ctx, str(answers["payment"]), str(refusal))
        return
    await ctx.ask(FORM, "tax", answers | {"title": title}, _ASK_TAX)


@router.step(FORM, "tax", may=MONEY)
async def tax_number_given(ctx: Ctx, answers: dict[str, object]) -> None:
    try:
        number = tax_number(ctx.message.text)
    except UserError as refusal:
        await ctx.ask(FORM, "tax", answers, str(refusal))
        return
    await ctx.ask(FORM, "email", answers | {"tax": number}, _ASK_EMAIL, Button("form:无", "不需要"))


@router.step(FORM, "email", may=MONEY)
async def email_given(ctx: Ctx, answers: dict[str, object]) -> None:
    try:
        email = invoice_email(ctx.message.text)
    except UserError as refusal:
        await ctx.ask(FORM, "email", answers, str(refusal), Button("form:无", "不需要"))
        return
    tenant_id = ctx.tenant.tenant.id
    await keep_title(
        ctx.session,
        tenant_id,
        str(answers["title"]),
        str(answers["tax"]),
        email,
        by=ctx.actor_key,
        now=ctx.now,
    )
    await ctx.audit("invoice.title", f"tenant:{tenant_id}", title=str(answers["title"]))
    await _offer(ctx, str(answers["payment"]))


@router.step(FORM, "confirm", may=MONEY)
async def confirmed(ctx: Ctx, answers: dict[str, object]) -> None:
    word = ctx.message.text.strip()
    if word in ("修改", "改抬头", "修改抬头"):
        await _ask_title(ctx, str(answers["payment"]))
    elif word in ("申请", "申请开票", "是", "确认", "好", "好的"):
        await _apply(ctx, str(answers["payment"]))
    else:
        await ctx.reply("好的，没有申请。需要时发送“发票”。")


async def _offer(ctx: Ctx, number: str) -> None:
    """What may be invoiced, and with which title; who has none yet is asked for it."""
    tenant_id = ctx.tenant.tenant.id
    payment = await find_payment(ctx.session, number, tenant_id=tenant_id) if number else None
    items = _of(await invoiceable(ctx.session, tenant_id), payment)
    known = await ctx.session.get(InvoiceTitle, tenant_id)
    if not items:
        await _nothing(ctx, known)
        return
    if known is None:
        await _ask_title(ctx, number)
        return
    total = sum(item.amount_fen for item in items)
    text = (
        f"可申请开票 {yuan(total)} 元：{bills_text(items)}。\n"
        f"{title_text(known.title, known.tax_number, known.email)}\n收据不是发票；开好后在这里发给您。"
    )
    buttons = [Button("form:申请", "申请开票"), Button("form:修改", "改抬头"), Button("form:否", "先不开")]
    await ctx.ask(FORM, "confirm", {"payment": number}, text, *buttons)


async def _nothing(ctx: Ctx, known: InvoiceTitle | None) -> None:
    latest = await latest_of(ctx.session, ctx.tenant.tenant.id)
    rows = [invoice_line(invoice) for invoice in latest]
    text = "目前没有已付、未开票的款项。付款入账后再发送“发票”申请。"
    if rows:
        text = "\n".join([text, "最近的开票：", *rows, "取文件发送“发票 单号”，例如：发票 FP-202603-0001"])
    if known:
        text += f"\n{title_text(known.title, known.tax_number, known.email)}\n要改请发送“发票 修改”。"
    await ctx.reply(text)


async def _apply(ctx: Ctx, number: str) -> None:
    tenant_id = ctx.tenant.tenant.id
    known = await ctx.session.get(InvoiceTitle, tenant_id)
    if known is None:
        await _ask_title(ctx, number)
        return
    payment = await find_payment(ctx.session, number, tenant_id=tenant_id) if number else None
    invoice, items = await apply(ctx.session, known, by=ctx.actor_key, now=ctx.now, payment=payment)
    await ctx.audit("invoice.apply", invoice.subject, number=invoice.number, amount_fen=invoice.amount_fen)
    await tell_finance(ctx.session, invoice, items, ctx.now, ctx.rules)
    await ctx.reply(
        f"已申请开票 {yuan(invoice.amount_fen)} 元，申请单 {invoice.number}。财务开好后会在这里告诉您并发送文件。"
    )


async def _hand(ctx: Ctx, number: str) -> None:
    invoice = await find_invoice(ctx.session, number, tenant_id=ctx.tenant.tenant.id)
    if invoice.state is InvoiceState.ISSUED and invoice.file_sha256:
        await ctx.reply(invoice_file(invoice), subject=invoice.subject)
        return
    await ctx.reply(f"{invoice_line(invoice).removeprefix('· ')}。{_why_no_file(invoice.state)}")


def _why_no_file(state: InvoiceState) -> str:
    if state is InvoiceState.APPLIED:
        return "财务开好后会在这里发给您。"
    if state is InvoiceState.ISSUED:
        return "文件还没有上传，请联系服务中心财务。"
    return "这张发票已作废或待红冲，请勿入账。需要重新开票请发送“发票”。"


async def _ask_title(ctx: Ctx, number: str, refusal: str = "") -> None:
    company = ctx.tenant.tenant.name
    text = refusal or f"请回复发票抬头（营业执照上的公司全称）。用“{company}”请点按钮。"
    await ctx.ask(FORM, "title", {"payment": number}, text, Button("form:同名", "用公司名称"))


def _of(items: list[Invoiceable], payment: Payment | None) -> list[Invoiceable]:
    return items if payment is None else [item for item in items if item.payment.id == payment.id]
