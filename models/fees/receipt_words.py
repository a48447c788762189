"""What cashier and tenant are told about a payment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local
from models.fees.bill import Bill, unpaid_bills
from models.fees.bill_view import bill_label
from models.fees.money import yuan
from models.fees.payment import Payment
from models.fees.receiving import Received, Wanted
from models.messages.content import Content
from models.messages.tell import tell_contact
from models.people.tenant import Tenant, contacts_of


async def question_text(session: AsyncSession, tenant: Tenant, wanted: Wanted) -> str:
    """What the cashier is asked before the payment is recorded."""
    owed_fen = sum(bill.owed_fen for bill in await unpaid_bills(session, tenant.id))
    after = owed_fen - wanted.amount_fen
    then = (
        f"收后还欠 {yuan(after)} 元"
        if after > 0
        else f"收后结清，余 {yuan(-after)} 元转预存"
        if after
        else "收后结清"
    )
    reference = f"（{wanted.reference}）" if wanted.reference else ""
    return (
        f"请确认收款：{tenant.name}，{wanted.method} {yuan(wanted.amount_fen)} 元{reference}。\n"
        f"现欠 {yuan(owed_fen)} 元，{then}。回复“是”入账，“否”取消。"
    )


async def cashier_text(session: AsyncSession, tenant: Tenant, received: Received) -> str:
    """The receipt as the cashier reads it."""
    head = "已入账" if received.new else "这笔已经入账"
    payment = received.payment
    return f"{head}：{payment.number}，{tenant.name}，{payment.method} {yuan(payment.amount_fen)} 元。\n" + (
        await _where_it_went(session, received)
    )


async def _where_it_went(session: AsyncSession, received: Received) -> str:
    rows = [f"· {bill_label(bill)}：{yuan(part)} 元{_rest(bill)}" for bill, part in received.parts]
    if received.credit_fen:
        rows.append(f"· 转预存：{yuan(received.credit_fen)} 元，下次出账时自动抵扣")
    bills = await unpaid_bills(session, received.payment.tenant_id)
    owed_fen = sum(bill.owed_fen for bill in bills)
    rows.append(f"目前还欠 {yuan(owed_fen)} 元。" if owed_fen else "账单已全部结清。")
    return "\n".join(rows)


def _rest(bill: Bill) -> str:
    return f"（还欠 {yuan(bill.owed_fen)}）" if bill.owed_fen else "（结清）"


async def tell_payer(session: AsyncSession, received: Received, now: datetime) -> None:
    """The tenant's contacts who see money hear that it has arrived."""
    payment = received.payment
    text = (
        f"已收到贵司 {local(payment.received_at):%Y-%m-%d} {payment.method}付款 {yuan(payment.amount_fen)} 元"
        f"（收款单 {payment.number}）。\n{await _where_it_went(session, received)}"
    )
    await _tell(session, payment, f"payment:{payment.id}", text, now)


async def tell_reversed(session: AsyncSession, payment: Payment, now: datetime) -> None:
    """The tenant's contacts who see money hear that a payment was taken off the books again."""
    text = (
        f"收款单 {payment.number}（{yuan(payment.amount_fen)} 元）已更正冲销，原因：{payment.reversed_reason}。"
        "原收据作废，相应账单恢复为未付，发送“账单”查看。如有疑问请联系服务中心。"
    )
    await _tell(session, payment, f"payment:{payment.id}:reversed", text, now)


async def _tell(session: AsyncSession, payment: Payment, key: str, text: str, now: datetime) -> None:
    subject = f"payment:{payment.id}"
    for contact in await contacts_of(session, payment.tenant_id):
        if contact.role.sees_money:
            await tell_contact(session, contact, key, Content(text=text), now=now, subject=subject)
