"""What cashier and tenant are told about a payment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local
from models.fees import allocation
from models.fees.bill import Bill, unpaid_bills
from models.fees.bill_view import bill_label
from models.fees.money import yuan
from models.fees.payment import Cheque, Payment, Refund
from models.fees.receiving import Received
from models.fees.wanted import Wanted
from models.messages.content import Button, Content
from models.messages.tell import tell_contact
from models.people.tenant import Tenant, contacts_of
from models.rules import Rules

_MOST_ROWS = 6


async def question_text(
    session: AsyncSession, tenant: Tenant, wanted: Wanted, named: Sequence[int], rules: Rules
) -> str:
    """What the cashier is asked before the payment is recorded: with what it will pay."""
    bills = {bill.id: bill for bill in await unpaid_bills(session, tenant.id)}
    owed_fen = sum(bill.owed_fen for bill in bills.values())
    debts = [allocation.Debt(bill.id, bill.due_on, bill.owed_fen) for bill in bills.values()]
    plan = allocation.allocate(wanted.amount_fen, debts, named=named, order=rules.fees.allocation)
    rows = [f"· {bill_label(bills[key])} {yuan(part)} 元" for key, part in plan.parts[:_MOST_ROWS]]
    if len(plan.parts) > _MOST_ROWS:
        rows.append(f"· ……另有 {len(plan.parts) - _MOST_ROWS} 期")
    reference = f"（{wanted.reference}）" if wanted.reference else ""
    how = "按付款人指定" if named else "从最早到期的抵起"
    return "\n".join(
        [
            f"请确认收款：{tenant.name}，{wanted.method} {yuan(wanted.amount_fen)} 元{reference}。",
            f"现欠 {yuan(owed_fen)} 元，{_afterwards(owed_fen - wanted.amount_fen)}。",
            *([f"抵付（{how}）：", *rows] if rows else []),
            "回复“是”入账，“否”取消。",
        ]
    )


def _afterwards(left_fen: int) -> str:
    if left_fen > 0:
        return f"收后还欠 {yuan(left_fen)} 元"
    return f"收后结清，余 {yuan(-left_fen)} 元转预存" if left_fen else "收后结清"


async def cashier_text(session: AsyncSession, tenant: Tenant, received: Received) -> str:
    """The receipt as the cashier reads it."""
    head = "已入账" if received.new else "这笔已经入账"
    payment = received.payment
    cheque = "支票到账后发送：支票 到账 " + payment.number + "\n" if payment.cheque is Cheque.RECEIVED else ""
    return (
        f"{head}：{payment.number}，{tenant.name}，{payment.method} {yuan(payment.amount_fen)} 元。\n{cheque}"
        + await where_it_went(session, received)
    )


async def where_it_went(session: AsyncSession, received: Received) -> str:
    """What the payment paid, and what remains."""
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
        f"（收款单 {payment.number}）{'，支票以银行入账为准' if payment.cheque is Cheque.RECEIVED else ''}。\n"
        f"{await where_it_went(session, received)}"
    )
    button = Button(f"say:收据 {payment.number}", "取收据")
    await tell_money(session, payment.tenant_id, f"payment:{payment.id}", text, now, button)


async def tell_reversed(session: AsyncSession, payment: Payment, now: datetime) -> None:
    """The tenant's contacts who see money hear that a payment was taken off the books again."""
    text = (
        f"收款单 {payment.number}（{yuan(payment.amount_fen)} 元）已更正冲销，原因：{payment.reversed_reason}。"
        "原收据作废，相应账单恢复为未付，发送“账单”查看。如有疑问请联系服务中心。"
    )
    await tell_money(session, payment.tenant_id, f"payment:{payment.id}:reversed", text, now)


async def tell_refunded(session: AsyncSession, refund: Refund, now: datetime) -> None:
    """The tenant's contacts who see money hear that credit goes back, and to whom."""
    text = (
        f"已为贵司办理预存款退款 {yuan(refund.amount_fen)} 元（{refund.number}），{refund.method}退给 {refund.payee}。"
        f"原因：{refund.reason}。如有疑问请联系服务中心。"
    )
    await tell_money(session, refund.tenant_id, f"refund:{refund.id}", text, now)


async def tell_refund_back(session: AsyncSession, refund: Refund, now: datetime) -> None:
    """They hear as well when a refund did not go through."""
    text = (
        f"退款 {refund.number}（{yuan(refund.amount_fen)} 元）已撤销，原因：{refund.cancelled_reason}。"
        "款项记回贵司预存，有未付账单的已自动抵付。发送“账单”查看。"
    )
    await tell_money(session, refund.tenant_id, f"refund:{refund.id}:back", text, now)


async def tell_money(
    session: AsyncSession, tenant_id: int, key: str, text: str, now: datetime, *buttons: Button
) -> None:
    """News for those of a tenant who see money; `key` is also what it is about, up to its second colon."""
    subject = ":".join(key.split(":")[:2])
    for contact in await contacts_of(session, tenant_id):
        if contact.role.sees_money:
            content = Content(text=text, buttons=buttons)
            await tell_contact(session, contact, key, content, now=now, subject=subject)
