"""An invoice on its way: applied for, issued, reversed with a red letter (红冲), withdrawn.

Everything that changes an invoice is here; each change locks the tenant's account first, as payments do.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local, local_date
from models.errors import UserError
from models.fees.account import lock_accounts
from models.fees.payment import Payment
from models.invoices.invoice import Invoice, InvoicePart, InvoiceState, InvoiceTitle
from models.invoices.invoiceable import Invoiceable, invoiceable
from models.sequence import next_number

_INVOICE_NUMBER = re.compile(r"[0-9]{8}|[0-9]{20}")


async def apply(
    session: AsyncSession, title: InvoiceTitle, *, by: str, now: datetime, payment: Payment | None = None
) -> tuple[Invoice, list[Invoiceable]]:
    """Applies for all that is paid and on no invoice yet, or for one payment of it.

    Raises: UserError when there is nothing.
    """
    await lock_accounts(session, [title.tenant_id])
    items = await invoiceable(session, title.tenant_id)
    if payment is not None:
        items = [item for item in items if item.payment.id == payment.id]
    if not items:
        raise UserError("目前没有已付、未开票的款项。付款入账后再发送“发票”申请。")
    invoice = Invoice(
        number=await _number(session, now),
        tenant_id=title.tenant_id,
        amount_fen=sum(item.amount_fen for item in items),
        title=title.title,
        tax_number=title.tax_number,
        email=title.email,
        state=InvoiceState.APPLIED,
        applied_by=by,
        applied_at=now,
    )
    session.add(invoice)
    await session.flush()
    session.add_all(
        InvoicePart(invoice_id=invoice.id, payment_id=item.payment.id, amount_fen=item.amount_fen)
        for item in items
    )
    await session.flush()
    return invoice, items


async def issue(
    session: AsyncSession, invoice: Invoice, number: str, on: date, *, by: str, now: datetime
) -> None:
    """Finance has issued it under that number. Raises: UserError."""
    await _lock(session, invoice)
    if invoice.state is not InvoiceState.APPLIED:
        had = f"（{invoice.invoice_number}）" if invoice.invoice_number else ""
        raise UserError(
            f"{invoice.number} 现在是“{invoice.state}”{had}，不能再登记。发送“开票”查看待办的申请。"
        )
    if not _INVOICE_NUMBER.fullmatch(number):
        raise UserError("发票号码应为 20 位数字（数电发票），或 8 位数字（税控发票）。请核对后重新发送。")
    same: Invoice | None = await session.scalar(select(Invoice).where(Invoice.invoice_number == number))
    if same is not None:
        raise UserError(f"发票号码 {number} 已登记在 {same.number}，请核对。")
    if not local_date(invoice.applied_at) <= on <= local_date(now):
        raise UserError(f"开票日期应在申请日 {local_date(invoice.applied_at)} 和今天之间，请核对。")
    invoice.state, invoice.invoice_number, invoice.invoiced_on = InvoiceState.ISSUED, number, on
    invoice.issued_by, invoice.issued_at = by, now


async def attach_file(session: AsyncSession, invoice: Invoice, sha256: str, suffix: str) -> None:
    """Keeps the invoice's file. Raises: UserError before it was issued."""
    await _lock(session, invoice)
    if invoice.invoice_number is None:
        raise UserError(f"请先登记发票号码：开票 {invoice.number} 发票号码，再上传文件。")
    invoice.file_sha256, invoice.file_name = sha256, f"发票-{invoice.invoice_number}{suffix}"


async def red_letter(session: AsyncSession, invoice: Invoice, number: str, *, now: datetime) -> None:
    """Finance has reversed it in the tax system: its payments may be invoiced again. Raises: UserError."""
    await _lock(session, invoice)
    if invoice.state not in (InvoiceState.ISSUED, InvoiceState.TO_REVERSE):
        raise UserError(f"{invoice.number} 现在是“{invoice.state}”，不能红冲。")
    if not _INVOICE_NUMBER.fullmatch(number) or number == invoice.invoice_number:
        raise UserError(f"请写红字发票的号码（20 位或 8 位数字），例如：红冲 {invoice.number} 红字发票号码")
    invoice.state, invoice.red_number, invoice.closed_at = InvoiceState.REVERSED, number, now


async def withdraw(session: AsyncSession, invoice: Invoice, reason: str, *, now: datetime) -> None:
    """The application is taken back; its payments may be applied for again. Raises: UserError once it is issued."""
    await _lock(session, invoice)
    if invoice.state is not InvoiceState.APPLIED:
        raise UserError(f"{invoice.number} 现在是“{invoice.state}”，不能撤销；已开的发票请红冲。")
    invoice.state, invoice.reverse_reason, invoice.closed_at = InvoiceState.CANCELLED, reason[:200], now


async def without_payment(session: AsyncSession, payment: Payment, reason: str, now: datetime) -> None:
    """A payment was taken back: applications with it are withdrawn, issued invoices wait for their red letter.

    The caller holds the account's lock.
    """
    rows = await session.scalars(
        select(Invoice)
        .join(InvoicePart, InvoicePart.invoice_id == Invoice.id)
        .where(InvoicePart.payment_id == payment.id)
        .where(Invoice.state.in_([InvoiceState.APPLIED, InvoiceState.ISSUED]))
        .order_by(Invoice.id)
    )
    for invoice in rows.unique():
        invoice.reverse_reason = f"{payment.number} 已冲正：{reason}"[:200]
        if invoice.state is InvoiceState.APPLIED:
            invoice.state, invoice.closed_at = InvoiceState.CANCELLED, now
        else:
            invoice.state = InvoiceState.TO_REVERSE
    await session.flush()


async def hit_by(session: AsyncSession, payment: Payment) -> list[Invoice]:
    """Invoices that are wrong, and applications that went, because the payment was taken back."""
    rows = await session.scalars(
        select(Invoice)
        .join(InvoicePart, InvoicePart.invoice_id == Invoice.id)
        .where(InvoicePart.payment_id == payment.id)
        .where(Invoice.reverse_reason.startswith(payment.number))
        .order_by(Invoice.id)
    )
    return list(rows.unique())


async def find_invoice(session: AsyncSession, text: str, *, tenant_id: int | None = None) -> Invoice:
    """The invoice meant by "FP-202603-0001" or an end of it that is unique. With `tenant_id`, only its own exist.

    Raises: UserError, with the same sentence for "does not exist" and "not yours".
    """
    wanted = text.strip().upper()
    query = select(Invoice).where(Invoice.number.endswith(wanted, autoescape=True)).limit(2)
    if tenant_id is not None:
        query = query.where(Invoice.tenant_id == tenant_id)
    rows = list(await session.scalars(query))
    if not wanted or not rows:
        raise UserError("没有这张开票申请，请核对单号，例如 FP-202603-0001。")
    if len(rows) > 1:
        raise UserError("有不止一张开票申请以此结尾，请写完整单号。")
    return rows[0]


async def _lock(session: AsyncSession, invoice: Invoice) -> None:
    await lock_accounts(session, [invoice.tenant_id])
    await session.refresh(invoice, with_for_update=True)


async def _number(session: AsyncSession, now: datetime) -> str:
    month = f"{local(now):%Y%m}"
    return f"FP-{month}-{await next_number(session, f'invoice:{month}'):04}"
