"""Cheques (支票): received, then cleared or bounced [practice]. A bounced one is a reversal with that reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local
from models.errors import UserError
from models.fees.money import yuan
from models.fees.payment import Cheque, Payment
from models.people.tenant import Tenant

_MOST = 20


async def waiting_cheques(session: AsyncSession) -> list[tuple[Payment, str]]:
    """Cheques the bank has not credited yet, with the tenants' names, oldest first."""
    rows = await session.execute(
        select(Payment, Tenant.name)
        .join(Tenant, Tenant.id == Payment.tenant_id)
        .where(Payment.cheque == Cheque.RECEIVED, Payment.reversed_at.is_(None))
        .order_by(Payment.received_at, Payment.id)
    )
    return [(payment, name) for payment, name in rows]


def cheques_text(waiting: list[tuple[Payment, str]]) -> str:
    """The list with what to do next."""
    if not waiting:
        return "没有待到账的支票。"
    rows = [
        f"· {payment.number} {name} {yuan(payment.amount_fen)} 元，{local(payment.received_at):%m-%d} 收"
        f"{f'（{payment.reference}）' if payment.reference else ''}"
        for payment, name in waiting[:_MOST]
    ]
    more = f"\n……另有 {len(waiting) - _MOST} 张" if len(waiting) > _MOST else ""
    total = sum(payment.amount_fen for payment, _ in waiting)
    return (
        f"待到账支票 {len(waiting)} 张，合计 {yuan(total)} 元：\n" + "\n".join(rows) + more
        + "\n银行入账后发送：支票 到账 单号。被退票请财务主管发送：退票 单号 原因。"
    )  # fmt: skip


async def clear_cheque(session: AsyncSession, payment: Payment, now: datetime) -> None:
    """The bank has credited it. Raises: UserError when it is no cheque that waits."""
    await session.refresh(payment, with_for_update=True)
    must_wait(payment)
    payment.cheque, payment.cheque_at = Cheque.CLEARED, now


def must_wait(payment: Payment) -> None:
    """Raises UserError unless the payment is a cheque that has neither cleared nor bounced."""
    if payment.cheque is None:
        raise UserError(f"{payment.number} 不是支票（{payment.method}）。发送“支票”查看待到账的支票。")
    if payment.reversed_at is not None or payment.cheque is not Cheque.RECEIVED:
        state = payment.cheque if payment.reversed_at is None else "已冲正"
        raise UserError(f"{payment.number} {state}，无需重复。")
