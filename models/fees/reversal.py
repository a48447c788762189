"""Taking a payment back (冲正): it stays on record with what it paid, its bills are open again.

Allocations of a reversed payment do not count any more; those of a live one do.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.bank.line import lock_line, reopen
from models.clock import local
from models.errors import UserError
from models.fees.account import lock_accounts
from models.fees.bill import Bill
from models.fees.credit import settle_from_credit
from models.fees.payment import Allocation, Cheque, Payment, Refund, RefundPart, ReversalCode
from models.fees.till import Movement, lock_till, note_in_till
from models.invoices.changing import without_payment

_SPOKEN = {
    ReversalCode.ENTRY: ("输错", "录错", "写错", "记错", "打错", "填错", "认错", "重复", "多记", "登错"),
    ReversalCode.BOUNCED: ("退票", "空头", "存款不足"),
    ReversalCode.RETURNED: ("退汇", "银行退", "退回账户"),
}


async def find_payment(session: AsyncSession, text: str, *, tenant_id: int | None = None) -> Payment:
    """The payment meant by "SK-202604-0001" or an end of it that is unique. With `tenant_id`, only its own exist.

    Raises: UserError, with the same sentence for "does not exist" and "not yours".
    """
    wanted = text.strip().upper()
    query = select(Payment).where(Payment.number.endswith(wanted, autoescape=True)).limit(2)
    if tenant_id is not None:
        query = query.where(Payment.tenant_id == tenant_id)
    rows = list(await session.scalars(query))
    if not wanted or not rows:
        raise UserError("没有这张收款单，请核对单号，例如 SK-202604-0001。")
    if len(rows) > 1:
        raise UserError("有不止一张收款单以此结尾，请写完整单号。")
    return rows[0]


async def reverse(
    session: AsyncSession,
    payment: Payment,
    *,
    by: str,
    reason: str,
    now: datetime,
    code: ReversalCode = ReversalCode.OTHER,
) -> list[Bill]:
    """Releases what the payment paid, once; the bills that are open again. Other credit steps in where there is some.

    Raises: UserError when it was reversed before, without a reason, or when some of it was given back.
    """
    if not reason.strip():
        raise UserError(f"请写明原因，例如：冲正 {payment.number} 金额输错")
    await lock_accounts(session, [payment.tenant_id])
    await lock_till(session, payment.cashier)
    await session.refresh(payment, with_for_update=True)
    must_be_live(payment)
    await _nothing_given_back(session, payment)
    payment.reversed_at, payment.reversed_by, payment.reversed_reason = now, by, reason.strip()[:200]
    payment.reversal_code = code
    if payment.cheque and code is ReversalCode.BOUNCED:
        payment.cheque, payment.cheque_at = Cheque.BOUNCED, now
    bills = await _release(session, payment)
    await without_payment(session, payment, payment.reversed_reason, now)
    if payment.bank_line_id is not None:
        reopen(await lock_line(session, payment.bank_line_id))
    await note_in_till(
        session, payment.cashier, now, movement=Movement.REVERSAL, number=payment.number,
        tenant_id=payment.tenant_id, method=payment.method, reference=payment.reversed_reason,
        amount_fen=-payment.amount_fen,
    )  # fmt: skip
    await settle_from_credit(session, payment.tenant_id, now)
    return bills


def must_be_live(payment: Payment) -> None:
    """Raises UserError for a payment that was taken back before."""
    if payment.reversed_at is not None:
        raise UserError(f"{payment.number} 已于 {local(payment.reversed_at):%m-%d %H:%M} 冲正，无需重复。")


def code_of(reason: str) -> ReversalCode | None:
    """The code a reason speaks of, by its first words or by what people write; None when it has to be asked."""
    if said := next((code for code in ReversalCode if reason.startswith(code)), None):
        return said
    return next((code for code, words in _SPOKEN.items() if any(word in reason for word in words)), None)


async def _nothing_given_back(session: AsyncSession, payment: Payment) -> None:
    refunds = await session.scalars(
        select(Refund)
        .join(RefundPart, RefundPart.refund_id == Refund.id)
        .where(RefundPart.payment_id == payment.id, Refund.cancelled_at.is_(None))
    )
    if numbers := "、".join(refund.number for refund in refunds):
        raise UserError(
            f"{payment.number} 的预存款已经退回租户（{numbers}）。请先收回退款，发送“退款 撤销 {numbers} 原因”，再冲正。"
        )


async def _release(session: AsyncSession, payment: Payment) -> list[Bill]:
    rows = await session.execute(
        select(Bill, Allocation.amount_fen)
        .join(Allocation, Allocation.bill_id == Bill.id)
        .where(Allocation.payment_id == payment.id)
        .order_by(Bill.due_on, Bill.id)
        .with_for_update()
    )
    bills = []
    for bill, amount_fen in rows:
        bill.paid_fen -= amount_fen
        bills.append(bill)
    await session.flush()
    return bills
