"""What a person decides about a line: whose money it is, that it was recorded before, or that it is no rent.

Accounts are locked before tills, tills before lines, as everywhere where money moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.bank.facts import gather
from models.bank.line import BankLine, LineStatus, lock_line, reopen, rest_fen
from models.bank.proposals import bills_named
from models.clock import at_local
from models.errors import UserError
from models.fees.account import lock_accounts
from models.fees.money import yuan
from models.fees.payment import Cheque, Payment, Refund
from models.fees.receiving import Received, receive
from models.fees.till import lock_till
from models.people.tenant import Tenant
from models.rules import Rules
from models.rules.money import TRANSFER

_KEY = "bank:"
"""Payments made from a line have message keys that begin so."""


@dataclass(frozen=True, slots=True)
class Part:
    """What of a line is whose. named: bills the money is for, beyond what the payer wrote on the transfer."""

    tenant_id: int
    amount_fen: int
    named: tuple[int, ...] = ()


async def book(
    session: AsyncSession, line_id: int, parts: Sequence[Part], *, by: str, now: datetime, rules: Rules
) -> list[Received]:
    """Puts the line, or a part of it, on the tenants' accounts.

    Raises: UserError when it was decided before, or is not worth so much.
    """
    tenant_ids = [part.tenant_id for part in parts]
    await lock_accounts(session, tenant_ids)
    await lock_till(session, by)
    line = await _open_line(session, line_id)
    left = await rest_fen(session, line)
    wanted = sum(part.amount_fen for part in parts)
    if not parts or any(part.amount_fen <= 0 for part in parts) or len(set(tenant_ids)) < len(parts):
        raise UserError("请写明每一家的金额，都要大于 0，每家写一次。")
    known = select(func.count(Tenant.id)).where(Tenant.id.in_(tenant_ids))
    if await session.scalar(known) != len(parts):
        raise UserError("租户已经不在系统里了。发送“对账”重新查看。")
    if wanted > left:
        raise UserError(f"这笔流水还剩 {yuan(max(left, 0))} 元未认，不能认 {yuan(wanted)} 元。")
    facts = await gather(session, [line])
    made = await session.scalar(
        select(func.count(Payment.id)).where(Payment.message_key.startswith(_mark(line)))
    )
    received = []
    for number, part in enumerate(parts, start=int(made or 0) + 1):
        written = bills_named(line.reference, facts.bills_of(part.tenant_id), line.on)
        received.append(
            await receive(
                session, tenant_id=part.tenant_id, amount_fen=part.amount_fen, method=TRANSFER,
                reference=line.serial or line.reference[:60], cashier=by,
                message_key=f"{_mark(line)}{number}", now=now, rules=rules, named=part.named or written,
                payer=line.payer_name, bank_line_id=line.id, received_at=at_local(line.on, 12),
            )
        )  # fmt: skip
    if wanted == left:
        _decide(line, LineStatus.BOOKED, by, now)
    return received


async def link_payment(
    session: AsyncSession, line_id: int, payment_id: int, *, by: str, now: datetime
) -> Payment:
    """The counter recorded this money before: the line shows that it has come. A cheque has cleared with it.

    Raises: UserError.
    """
    payment = await session.get(Payment, payment_id)
    if payment is None:
        raise UserError("没有这张收款单。发送“对账”重新查看。")
    await lock_accounts(session, [payment.tenant_id])
    line = await _open_line(session, line_id)
    await session.refresh(payment, with_for_update=True)
    left = await rest_fen(session, line)
    if payment.reversed_at is not None or payment.bank_line_id is not None:
        raise UserError(f"{payment.number} 已冲正或已对上别的流水。发送“对账”重新查看。")
    if payment.amount_fen > left:
        raise UserError(
            f"{payment.number} 是 {yuan(payment.amount_fen)} 元，这笔流水只剩 {yuan(left)} 元未认。"
        )
    payment.bank_line_id = line.id
    if payment.cheque is Cheque.RECEIVED:
        payment.cheque, payment.cheque_at = Cheque.CLEARED, now
    if payment.amount_fen == left:
        _decide(line, LineStatus.BOOKED, by, now)
    return payment


async def link_refund(
    session: AsyncSession, line_id: int, refund_id: int, *, by: str, now: datetime
) -> Refund:
    """Money that went out is a refund of ours. Raises: UserError."""
    refund = await session.get(Refund, refund_id)
    if refund is None:
        raise UserError("没有这张退款单。发送“对账”重新查看。")
    await lock_accounts(session, [refund.tenant_id])
    line = await _open_line(session, line_id)
    await session.refresh(refund, with_for_update=True)
    if refund.cancelled_at is not None or refund.bank_line_id is not None:
        raise UserError(f"{refund.number} 已撤销或已对上别的流水。发送“对账”重新查看。")
    if refund.amount_fen != -await rest_fen(session, line):
        raise UserError(f"{refund.number} 是 {yuan(refund.amount_fen)} 元，与这笔流水金额不符。")
    refund.bank_line_id = line.id
    _decide(line, LineStatus.BOOKED, by, now)
    return refund


async def not_rent(session: AsyncSession, line_id: int, note: str, *, by: str, now: datetime) -> BankLine:
    """The line is no tenant's payment; `note` says what it is. Raises: UserError."""
    line = await _open_line(session, line_id)
    if not note.strip():
        raise UserError("请写明这笔是什么，例如：利息、内部转账。")
    if await rest_fen(session, line) != line.amount_fen:
        raise UserError("这笔流水已经认了一部分，余下的请认给租户；认错了的请财务主管先冲正。")
    line.note = note.strip()[:100]
    _decide(line, LineStatus.OTHER, by, now)
    return line


async def decide_again(session: AsyncSession, line_id: int) -> BankLine:
    """Opens a line again that was put aside or linked. Raises: UserError when payments were made from it."""
    owners = select(Payment.tenant_id).where(Payment.bank_line_id == line_id)
    givers = select(Refund.tenant_id).where(Refund.bank_line_id == line_id)
    await lock_accounts(session, [*await session.scalars(owners), *await session.scalars(givers)])
    line = await lock_line(session, line_id)
    if line.status is LineStatus.OPEN:
        raise UserError(f"这笔流水还没有认，直接发送“对账 {line.id}”。")
    linked = list(
        await session.scalars(
            select(Payment).where(Payment.bank_line_id == line.id, Payment.reversed_at.is_(None))
        )
    )
    if made := "、".join(each.number for each in linked if each.message_key.startswith(_KEY)):
        raise UserError(f"这笔流水已入账 {made}。认错了请财务主管发送“冲正 单号 认错”，流水会自动放回待认。")
    for each in linked:
        each.bank_line_id = None
    for refund in await session.scalars(select(Refund).where(Refund.bank_line_id == line.id)):
        refund.bank_line_id = None
    reopen(line)
    return line


async def _open_line(session: AsyncSession, line_id: int) -> BankLine:
    line = await lock_line(session, line_id)
    if line.status is not LineStatus.OPEN:
        what = f"标为“{line.note}”" if line.status is LineStatus.OTHER else "认过"
        raise UserError(f"这笔流水已经{what}，无需重复。发送“对账”看下一笔。")
    return line


def _decide(line: BankLine, status: LineStatus, by: str, now: datetime) -> None:
    line.status, line.decided_by, line.decided_at = status, by, now


def _mark(line: BankLine) -> str:
    return f"{_KEY}{line.id}:"
