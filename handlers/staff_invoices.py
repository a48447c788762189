"""开票, 红冲: finance records the invoices it issued in the tax system, and their files."""

from __future__ import annotations

import re
from datetime import date

from handlers.context import Ctx
from handlers.routing import Router, Side
from models.errors import UserError
from models.fees.money import yuan
from models.invoices.changing import attach_file, find_invoice, issue, red_letter, withdraw
from models.invoices.invoice import Invoice, InvoiceState
from models.invoices.words import invoice_file, tell_issued, tell_red, tell_withdrawn, waiting_text
from models.messages.content import Content
from models.messages.media import loose
from models.uploads.link import UploadKind, open_upload

router = Router("staff_invoices", Side.STAFF)
_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_HOW_TO = "请写成：开票 申请单号 发票号码，例如：开票 FP-202603-0001 26332000000012345678"


@router.command(
    "开票",
    may="fees.invoice",
    usage="开票 FP-202603-0001 26332000000012345678",
    about="登记开好的发票；只发“开票”看待办",
)
async def issued(ctx: Ctx, rest: str) -> None:
    words = rest.split()
    if not words:
        await ctx.reply(await waiting_text(ctx.session))
        return
    invoice = await find_invoice(ctx.session, words[0])
    if len(words) == 1:
        await _look(ctx, invoice)
        return
    if words[1] == "撤销":
        await _withdraw(ctx, invoice, " ".join(words[2:]))
        return
    if len(words) > 3:
        raise UserError(f"{_HOW_TO}。")
    on = _day(words[2]) if len(words) == 3 else ctx.today
    await issue(ctx.session, invoice, words[1], on, by=ctx.actor_key, now=ctx.now)
    await ctx.audit("invoice.issue", invoice.subject, number=invoice.number, invoice_number=words[1])
    await _ask_for_file(ctx, invoice)


@router.step("invoice_file", "file", may="fees.invoice")
async def file_came(ctx: Ctx, answers: dict[str, object]) -> None:
    """A picture of the invoice sent right after; words instead are no harm."""
    invoice = await ctx.session.get_one(Invoice, int(str(answers["invoice"])))
    if not await _took_picture(ctx, invoice):
        await ctx.reply(f"{invoice.number} 已登记，文件可稍后上传。发送“开票 {invoice.number}”查看。")


@router.command(
    "红冲",
    may="fees.invoice",
    usage="红冲 FP-202603-0001 26332000000087654321",
    about="登记红字发票，原款项可重开",
)
async def reversed_by_red_letter(ctx: Ctx, rest: str) -> None:
    words = rest.split()
    if len(words) != 2:
        raise UserError("请写成：红冲 申请单号 红字发票号码，例如：红冲 FP-202603-0001 26332000000087654321")
    invoice = await find_invoice(ctx.session, words[0])
    await red_letter(ctx.session, invoice, words[1], now=ctx.now)
    await ctx.audit("invoice.red", invoice.subject, number=invoice.number, red_number=words[1])
    await tell_red(ctx.session, invoice, ctx.now)
    await ctx.reply(
        f"已登记 {invoice.number} 红冲，红字发票号码 {invoice.red_number}。其中仍有效的收款可以重新申请开票。"
    )


async def _look(ctx: Ctx, invoice: Invoice) -> None:
    text = (
        f"{invoice.number}（{invoice.state}）：{invoice.title}，{invoice.tax_number}，{yuan(invoice.amount_fen)} 元"
        f"，邮箱 {invoice.email or '无'}。"
    )
    if invoice.state is InvoiceState.APPLIED:
        await ctx.reply(f"{text}开好后发送：开票 {invoice.number} 发票号码")
        return
    text += f"发票号码 {invoice.invoice_number or '无'}。"
    if invoice.invoice_number:
        text += "上传或更换文件请打开链接："
        await ctx.reply(Content(text=text, url=await _page_of(ctx, invoice)))
    else:
        await ctx.reply(text)
    if invoice.file_sha256:
        await ctx.reply(invoice_file(invoice), subject=invoice.subject)


async def _withdraw(ctx: Ctx, invoice: Invoice, reason: str) -> None:
    if not reason:
        raise UserError(f"请写明原因，例如：开票 {invoice.number} 撤销 抬头有误")
    await withdraw(ctx.session, invoice, reason, now=ctx.now)
    await ctx.audit("invoice.withdraw", invoice.subject, number=invoice.number, reason=reason)
    await tell_withdrawn(ctx.session, invoice, ctx.now)
    await ctx.reply(f"已撤销 {invoice.number}，款项可以重新申请，已告知租户。")


async def _ask_for_file(ctx: Ctx, invoice: Invoice) -> None:
    """Takes the pictures that lie ready; asks for the file where there is none."""
    if await _took_picture(ctx, invoice):
        return
    await tell_issued(ctx.session, invoice, ctx.now)
    text = (
        f"已登记 {invoice.number} 发票 {invoice.invoice_number}（{yuan(invoice.amount_fen)} 元），已告知租户。"
        "请打开链接上传发票文件（PDF、OFD），或把发票图片发到这里，会转给租户。"
    )
    content = Content(text=text, url=await _page_of(ctx, invoice))
    await ctx.ask("invoice_file", "file", {"invoice": invoice.id}, content)


async def _page_of(ctx: Ctx, invoice: Invoice) -> str:
    """Where its file is handed in."""
    hours = ctx.rules.fees.upload_link_hours
    token = await open_upload(
        ctx.session, ctx.staff, UploadKind.INVOICE, ctx.now, hours, invoice_id=invoice.id
    )
    return f"{ctx.rules.public_url}/u/{token}"


async def _took_picture(ctx: Ctx, invoice: Invoice) -> bool:
    """Whether a picture of the invoice was there; the newest counts."""
    media = await loose(ctx.session, ctx.message.channel, ctx.message.sender, ctx.now)
    if not media:
        return False
    media[-1].subject, media[-1].purpose = invoice.subject, "发票"
    suffix = ".png" if media[-1].content_type == "image/png" else ".jpg"
    await attach_file(ctx.session, invoice, media[-1].sha256, suffix)
    await tell_issued(ctx.session, invoice, ctx.now)
    await ctx.reply(f"{invoice.number} 发票 {invoice.invoice_number} 的图片已存入，已发给租户。")
    return True


def _day(word: str) -> date:
    match = _DAY.fullmatch(word)
    try:
        if match is None:
            raise ValueError(word)
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise UserError(f"没看懂开票日期“{word[:20]}”，请写成 2026-03-16。") from None
