"""Taking a payment back (冲正): it stays on record with what it paid, its bills are open again.

Allocations of a reversed payment do not count any more; those of a live one do.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local
from models.errors import UserError
from models.fees.account import lock_accounts
from models.fees.bill import Bill
from models.fees.credit import settle_from_credit
from models.fees.payment import Allocation, Payment


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
    session: AsyncSession, payment: Payment, *, by: str, reason: str, now: datetime
) -> list[Bill]:
    """Releases what the payment paid, once; the bills that are open again. Other credit steps in where there is some.

    Raises: UserError when it was reversed before, or without a reason.
    """
    if not reason.strip():
        raise UserError(f"请写明原因，例如：冲正 {payment.number} 金额输错")
    await lock_accounts(session, [payment.tenant_id])
    await session.refresh(payment, with_for_update=True)
    if payment.reversed_at is not None:
        raise UserError(f"{payment.number} 已于 {local(payment.reversed_at):%m-%d %H:%M} 冲正，无需重复。")
    payment.reversed_at, payment.reversed_by, payment.reversed_reason = now, by, reason.strip()[:200]
    bills = await _release(session, payment)
    await settle_from_credit(session, payment.tenant_id, now)
    return bills


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
