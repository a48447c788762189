"""Money received at the counter: what was meant, which bills it pays, and taking it back."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local
from models.errors import UserError
from models.fees import allocation
from models.fees.account import lock_accounts
from models.fees.bill import Bill, unpaid_bills
from models.fees.money import parse_yuan
from models.fees.payment import Allocation, Payment
from models.rules import Rules
from models.sequence import next_number

METHODS = ("现金", "支票", "转账")
_SPOKEN = {
    "汇款": "转账",
    "银行": "转账",
    "银行转账": "转账",
    "现款": "现金",
    "支付宝": "转账",
    "微信": "转账",
}
_HOW_TO = "请写成：收款 租户 金额 方式，例如：收款 云帆设计 1409.50 转账 流水号0312"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the cashier typed. `payer` is part of a tenant's name, or a unit."""

    payer: str
    amount_fen: int
    method: str
    reference: str


@dataclass(frozen=True, slots=True)
class Received:
    """A payment with what it paid: (bill, 分). credit_fen: what no bill was left for. new: False when it was here before."""

    payment: Payment
    parts: list[tuple[Bill, int]]
    credit_fen: int
    new: bool


def parse_wanted(text: str) -> Wanted:
    """ "云帆设计 1409.50 转账 流水号0312" in parts; the name may hold blanks.

    Raises: UserError with an example.
    """
    words = unicodedata.normalize("NFKC", text).split()
    at = next((i for i, word in enumerate(words) if _method(word)), None)
    if at is None or at < 2:
        raise UserError(_HOW_TO)
    amount_fen = parse_yuan(words[at - 1])
    if not amount_fen:
        raise UserError(f"金额要大于 0。{_HOW_TO}")
    method = _method(words[at]) or ""
    return Wanted(" ".join(words[: at - 1]), amount_fen, method, " ".join(words[at + 1 :])[:100])


def _method(word: str) -> str | None:
    return word if word in METHODS else _SPOKEN.get(word)


async def receive(
    session: AsyncSession,
    *,
    tenant_id: int,
    amount_fen: int,
    method: str,
    reference: str,
    cashier: str,
    message_key: str,
    now: datetime,
    rules: Rules,
) -> Received:
    """Records the payment once per message key and pays the oldest due bills first; the rest is credit."""
    await lock_accounts(session, [tenant_id])
    bills = {bill.id: bill for bill in await unpaid_bills(session, tenant_id, lock=True)}
    if known := await session.scalar(select(Payment).where(Payment.message_key == message_key)):
        return await as_recorded(session, known)
    payment = Payment(
        number=await _number(session, now),
        tenant_id=tenant_id,
        amount_fen=amount_fen,
        method=method,
        reference=reference,
        received_at=now,
        cashier=cashier,
        message_key=message_key,
    )
    session.add(payment)
    await session.flush()
    debts = [allocation.Debt(bill.id, bill.due_on, bill.owed_fen) for bill in bills.values()]
    plan = allocation.allocate(amount_fen, debts, order=rules.fees.allocation)
    for bill_id, part_fen in plan.parts:
        session.add(Allocation(payment_id=payment.id, bill_id=bill_id, amount_fen=part_fen, made_at=now))
        bills[bill_id].paid_fen += part_fen
    await session.flush()
    return Received(payment, [(bills[key], part) for key, part in plan.parts], plan.credit_fen, new=True)


async def _number(session: AsyncSession, now: datetime) -> str:
    month = f"{local(now):%Y%m}"
    return f"SK-{month}-{await next_number(session, f'payment:{month}'):04}"


async def as_recorded(session: AsyncSession, payment: Payment) -> Received:
    """A payment of before with what it has paid until now."""
    rows = await session.execute(
        select(Bill, Allocation.amount_fen)
        .join(Allocation, Allocation.bill_id == Bill.id)
        .where(Allocation.payment_id == payment.id)
        .order_by(Allocation.id)
    )
    parts = [(bill, amount) for bill, amount in rows]
    return Received(payment, parts, payment.amount_fen - sum(part for _, part in parts), new=False)
