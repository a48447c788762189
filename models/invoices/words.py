"""What finance and tenants are told about invoices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local
from models.fees.money import yuan
from models.fees.receipt_words import tell_money
from models.invoices.invoice import Invoice, InvoiceState
from models.invoices.invoiceable import Invoiceable, bills_text, over_invoiced
from models.messages.content import Button, Content, Sms
from models.messages.tell import tell_contact, tell_staff
from models.people.staff import staff_who_may
from models.people.tenant import Contact, ContactRole, Tenant, contacts_of
from models.rules import Rules

MAY = "fees.invoice"
SMS_TEMPLATE = "file_ready"
_MOST = 15
_OPENING = "其中有期初欠费：请先核对启用本系统前是否已经开过票，开过的发送“开票 单号 撤销 原因”。\n"


async def tell_finance(
    session: AsyncSession, invoice: Invoice, items: list[Invoiceable], now: datetime, rules: Rules
) -> None:
    """An application, with everything the invoice needs."""
    tenant = await session.get_one(Tenant, invoice.tenant_id)
    payments, bills = "、".join(item.payment.number for item in items), bills_text(items)
    text = (
        f"{tenant.name}申请开票 {yuan(invoice.amount_fen)} 元。\n抬头：{invoice.title}\n税号：{invoice.tax_number}\n"
        f"邮箱：{invoice.email or '无，微信发送'}\n款项：{bills}\n收款单：{payments}\n{_OPENING if '期初' in bills else ''}"
        f"开好后发送：开票 {invoice.number} 发票号码"
    )
    content = Content(title=f"开票申请 {invoice.number}", text=text)
    members = await staff_who_may(session, MAY, rules)
    await tell_staff(
        session, members, f"{invoice.subject}:applied", content, now=now, subject=invoice.subject
    )


async def tell_hit(session: AsyncSession, hit: Sequence[Invoice], now: datetime, rules: Rules) -> None:
    """Finance hears which invoices a reversal has made wrong; the tenant which applications have gone."""
    members = await staff_who_may(session, MAY, rules)
    for invoice in hit:
        if invoice.state is InvoiceState.TO_REVERSE:
            text = (
                f"【待红冲】{invoice.number} 发票 {invoice.invoice_number}（{yuan(invoice.amount_fen)} 元，"
                f"{invoice.title}）：{invoice.reverse_reason}。请在税务系统开具红字发票，"
                f"再发送：红冲 {invoice.number} 红字发票号码"
            )
        else:
            amount = yuan(invoice.amount_fen)
            text = f"开票申请 {invoice.number}（{amount} 元）已撤销：{invoice.reverse_reason}，请不要再开。"
            told = f"贵司的开票申请 {invoice.number} 已撤销，因为{invoice.reverse_reason}。其余款项可重新发送“发票”申请。"
            await tell_money(session, invoice.tenant_id, f"{invoice.subject}:cancelled", told, now)
        content = Content(text=text)
        await tell_staff(
            session, members, f"{invoice.subject}:hit", content, now=now, subject=invoice.subject
        )


async def tell_issued(session: AsyncSession, invoice: Invoice, now: datetime) -> None:
    """Whoever applied, and the tenant's finance, hear of it and get the file when the chat is open; where it is not, a
    neutral SMS says that something waits.
    """
    then = f"再取文件请发送“发票 {invoice.number}”。" if invoice.file_sha256 else "文件稍后发给您。"
    text = (
        f"贵司申请的发票已开具（{invoice.number}）：号码 {invoice.invoice_number}，{yuan(invoice.amount_fen)} 元，"
        f"{invoice.invoiced_on}。{then}"
    )
    for contact in await _readers(session, invoice):
        key, subject = f"{invoice.subject}:issued", invoice.subject
        content = Content(text=text, sms=Sms(SMS_TEMPLATE))
        await tell_contact(session, contact, key, content, now=now, subject=subject)
        if invoice.file_sha256:
            file_key = f"{key}:{invoice.file_sha256[:16]}"
            await tell_contact(session, contact, file_key, invoice_file(invoice), now=now, subject=subject)


async def tell_red(session: AsyncSession, invoice: Invoice, now: datetime) -> None:
    """The tenant must not book a reversed invoice."""
    text = (
        f"贵司的发票 {invoice.invoice_number}（{yuan(invoice.amount_fen)} 元）已红冲，红字发票号码 {invoice.red_number}，"
        "原发票请勿入账。需要重新开票请发送“发票”。"
    )
    await tell_money(
        session, invoice.tenant_id, f"{invoice.subject}:red", text, now, Button("say:发票", "重新开票")
    )


async def tell_withdrawn(session: AsyncSession, invoice: Invoice, now: datetime) -> None:
    """The tenant hears why an application will not be carried out."""
    text = (
        f"贵司的开票申请 {invoice.number}（{yuan(invoice.amount_fen)} 元）已退回：{invoice.reverse_reason}。"
        "请核对后重新发送“发票”申请，改抬头请发送“发票 修改”。"
    )
    await tell_money(session, invoice.tenant_id, f"{invoice.subject}:withdrawn", text, now)


def invoice_file(invoice: Invoice) -> Content:
    """The file as a message of its own."""
    return Content(file=f"invoice:{invoice.id}", file_name=invoice.file_name)


def invoice_line(invoice: Invoice) -> str:
    """One invoice in a list."""
    number = f"，发票号码 {invoice.invoice_number}" if invoice.invoice_number else ""
    return f"· {invoice.number} {yuan(invoice.amount_fen)} 元，{invoice.state}{number}"


async def latest_of(session: AsyncSession, tenant_id: int, most: int = 3) -> list[Invoice]:
    """The tenant's newest invoices and applications."""
    rows = await session.scalars(
        select(Invoice).where(Invoice.tenant_id == tenant_id).order_by(Invoice.id.desc()).limit(most)
    )
    return list(rows)


async def overdue_text(session: AsyncSession, before: datetime, days: int) -> str:
    """Applications made before that instant and red letters that wait; "" when there are none."""
    rows = await session.scalars(
        select(Invoice)
        .where(Invoice.state.in_([InvoiceState.APPLIED, InvoiceState.TO_REVERSE]))
        .order_by(Invoice.id)
    )
    waiting = list(rows)
    applied = [each for each in waiting if each.state is InvoiceState.APPLIED and each.applied_at <= before]
    red = [each for each in waiting if each.state is InvoiceState.TO_REVERSE]
    parts = [f"{len(applied)} 张开票申请已等 {days} 天以上"] if applied else []
    parts += [f"{len(red)} 张发票待红冲"] if red else []
    if not parts:
        return ""
    numbers = "、".join(each.number for each in (*applied, *red)[:_MOST])
    return f"{'，'.join(parts)}：{numbers}。发送“开票”查看并办理。"


async def waiting_text(session: AsyncSession) -> str:
    """What finance has to do about invoices, the oldest first."""
    rows = await session.execute(
        select(Invoice, Tenant.name)
        .join(Tenant, Tenant.id == Invoice.tenant_id)
        .where(Invoice.state.in_([InvoiceState.APPLIED, InvoiceState.TO_REVERSE]))
        .order_by(Invoice.id)
    )
    found = [(invoice, name) for invoice, name in rows]
    applied = [each for each in found if each[0].state is InvoiceState.APPLIED]
    red = [each for each in found if each[0].state is InvoiceState.TO_REVERSE]
    lines = []
    if applied:
        lines += [f"待开票 {len(applied)} 张：", *(_applied_row(*each) for each in applied[:_MOST])]
        lines += ["开好后发送：开票 单号 发票号码"]
    if red:
        lines += [f"待红冲 {len(red)} 张：", *(_red_row(*each) for each in red[:_MOST])]
        lines += ["红字发票开好后发送：红冲 单号 红字发票号码"]
    if wrong := await over_invoiced(session):
        lines += ["以下发票因账单更正多开，请核对后红冲重开："]
        lines += [
            f"· {each.number} 发票 {each.invoice_number} 多开 {yuan(fen)} 元" for each, fen in wrong[:_MOST]
        ]
    return "\n".join(lines) or "没有待办的开票申请。"


def _applied_row(invoice: Invoice, name: str) -> str:
    return (
        f"· {invoice.number} {name} {yuan(invoice.amount_fen)} 元，{local(invoice.applied_at):%m-%d} 申请；"
        f"{invoice.title}，{invoice.tax_number}"
    )


def _red_row(invoice: Invoice, name: str) -> str:
    return f"· {invoice.number} {name} 发票 {invoice.invoice_number} {yuan(invoice.amount_fen)} 元：{invoice.reverse_reason}"


async def _readers(session: AsyncSession, invoice: Invoice) -> list[Contact]:
    everybody = [c for c in await contacts_of(session, invoice.tenant_id) if c.role.sees_money]
    chosen = [
        contact
        for contact in everybody
        if invoice.applied_by == f"contact:{contact.id}" or contact.role is ContactRole.FINANCE
    ]
    return chosen or everybody
