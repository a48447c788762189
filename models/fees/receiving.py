"""Money received, at the counter or on a bank statement: which bills it pays, and what is left as credit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local
from models.fees import allocation
from models.fees.account import lock_accounts
from models.fees.bill import Bill, unpaid_bills
from models.fees.payment import Allocation, Payment, cheque_state
from models.fees.till import Movement, lock_till, note_in_till
from models.rules import Rules
from models.sequence import next_number


@dataclass(frozen=True, slots=True)
class Received:
    """A payment with what it paid: (bill, 分). credit_fen: what no bill was left for. new: False when it was here before."""

    payment: Payment
    parts: list[tuple[Bill, int]]
    credit_fen: int
    new: bool


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
    named: Sequence[int] = (),
    payer: str = "",
    bank_line_id: int | None = None,
    received_at: datetime | None = None,
) -> Received:
    """Records the payment once per message key; it pays the bills the payer names, then the oldest due; the rest is
    credit.

    received_at: when the money came, where that was before it is recorded: interest and letters go by it.
    Raises: UserError when a named bill is not open any more.
    """
    await lock_accounts(session, [tenant_id])
    await lock_till(session, cashier)
    bills = {bill.id: bill for bill in await unpaid_bills(session, tenant_id, lock=True)}
    if known := await session.scalar(select(Payment).where(Payment.message_key == message_key)):
        return await as_recorded(session, known)
    payment = Payment(
        number=await _number(session, now), tenant_id=tenant_id, amount_fen=amount_fen, method=method,
        reference=reference, payer=payer, named=list(named), bank_line_id=bank_line_id, cheque=cheque_state(method),
        received_at=min(received_at or now, now), cashier=cashier, message_key=message_key,
    )  # fmt: skip
    session.add(payment)
    await session.flush()
    received = _allocate(session, payment, bills, rules)
    await note_in_till(
        session, cashier, now, movement=Movement.PAYMENT, number=payment.number, tenant_id=tenant_id,
        method=method, reference=reference, amount_fen=amount_fen,
    )  # fmt: skip
    return received


def _allocate(session: AsyncSession, payment: Payment, bills: Mapping[int, Bill], rules: Rules) -> Received:
    """Writes what the new payment pays, and onto the bills that it is paid."""
    debts = [allocation.Debt(bill.id, bill.due_on, bill.owed_fen) for bill in bills.values()]
    plan = allocation.allocate(payment.amount_fen, debts, named=payment.named, order=rules.fees.allocation)
    for bill_id, part_fen in plan.parts:
        made = {"bill_id": bill_id, "amount_fen": part_fen, "made_at": payment.received_at}
        session.add(Allocation(payment_id=payment.id, **made))
        bills[bill_id].paid_fen += part_fen
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
