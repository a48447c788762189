"""What a tenant has paid lately, what for, and what remains: in plain words."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local
from models.fees.bill import unpaid_bills
from models.fees.bill_view import bill_label
from models.fees.money import yuan
from models.fees.payment import Cheque, Payment, credit_fen
from models.fees.receiving import as_recorded

_MOST = 6


async def paid_text(session: AsyncSession, tenant_id: int) -> str:
    """The newest payments with what they paid; "" when there are none."""
    rows = await session.scalars(
        select(Payment)
        .where(Payment.tenant_id == tenant_id)
        .order_by(Payment.received_at.desc(), Payment.id.desc())
        .limit(_MOST + 1)
    )
    payments = list(rows)
    if not payments:
        return ""
    lines = [await _line(session, payment) for payment in payments[:_MOST]]
    if len(payments) > _MOST:
        lines.append("……更早的请联系服务中心。")
    owed = sum(bill.owed_fen for bill in await unpaid_bills(session, tenant_id))
    credit = await credit_fen(session, tenant_id)
    rest = f"目前还需付 {yuan(owed)} 元。" if owed else "目前账单已全部付清。"
    rest += f"预存余额 {yuan(credit)} 元。" if credit else ""
    return "\n".join(["贵司最近的付款：", *lines, rest])


async def _line(session: AsyncSession, payment: Payment) -> str:
    head = f"· {local(payment.received_at):%m-%d} {payment.method} {yuan(payment.amount_fen)} 元"
    if payment.reversed_at is not None:
        return f"{head}（{payment.number}，已冲正，不计入）"
    state = f"，{payment.cheque}" if payment.cheque is Cheque.RECEIVED else ""
    recorded = await as_recorded(session, payment)
    parts = [f"{bill_label(bill)} {yuan(part)}" for bill, part in recorded.parts]
    return f"{head}（{payment.number}{state}）：{'、'.join(parts) or '转预存'}"
