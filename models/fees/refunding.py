"""Giving credit back (退款) and taking that back again. A refund comes out of the newest unspent payments first."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local
from models.errors import UserError
from models.fees.account import lock_accounts
from models.fees.bill import unpaid_bills
from models.fees.credit import settle_from_credit, unspent
from models.fees.money import parse_yuan, yuan
from models.fees.payment import Payment, Refund, RefundPart
from models.fees.till import Movement, lock_till, note_in_till
from models.rules import PaymentRules
from models.sequence import next_number

_HOW_TO = "请写成：退款 租户 金额 方式 退给谁 原因，例如：退款 云帆设计 100 转账 云帆设计基本户 多付退回"


@dataclass(frozen=True, slots=True)
class RefundWanted:
    """What was typed: to whom (name, account) and why are part of the record."""

    payer: str
    amount_fen: int
    method: str
    payee: str
    reason: str

    def to_json(self) -> dict[str, Any]:
        """For the answers of a form."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, object]) -> RefundWanted:
        """The inverse of `to_json`; other keys are left alone."""
        return cls(
            str(data["payer"]),
            int(str(data["amount_fen"])),
            str(data["method"]),
            str(data["payee"]),
            str(data["reason"]),
        )


def parse_refund(text: str, rules: PaymentRules) -> RefundWanted:
    """ "云帆设计 100 转账 云帆设计基本户 多付退回" in parts. Raises: UserError with an example."""
    words = unicodedata.normalize("NFKC", text).split()
    at = next((i for i, word in enumerate(words) if rules.method(word)), None)
    if at is None or at < 2 or len(words) < at + 3:
        raise UserError(f"{_HOW_TO}。")
    amount_fen = parse_yuan(words[at - 1])
    if not amount_fen:
        raise UserError(f"金额要大于 0。{_HOW_TO}。")
    return RefundWanted(
        " ".join(words[: at - 1]),
        amount_fen,
        rules.method(words[at]) or "",
        words[at + 1][:60],
        " ".join(words[at + 2 :])[:200],
    )


async def refundable(session: AsyncSession, tenant_id: int) -> list[tuple[Payment, int]]:
    """What may be given back, newest payment first: money that is really there and that no open bill needs."""
    if await unpaid_bills(session, tenant_id):
        return []
    return [
        (payment, left) for payment, left in reversed(await unspent(session, tenant_id)) if payment.is_money
    ]


async def give_back(
    session: AsyncSession,
    *,
    tenant_id: int,
    wanted: RefundWanted,
    by: str,
    message_key: str,
    now: datetime,
) -> tuple[Refund, bool]:
    """Records the refund once per message key; whether it is new.

    Raises: UserError when there is not so much credit.
    """
    await lock_accounts(session, [tenant_id])
    await lock_till(session, by)
    known: Refund | None = await session.scalar(select(Refund).where(Refund.message_key == message_key))
    if known:
        return known, False
    await settle_from_credit(session, tenant_id, now)
    parts = _parts(await refundable(session, tenant_id), wanted.amount_fen)
    refund = Refund(
        number=await _number(session, now), tenant_id=tenant_id, amount_fen=wanted.amount_fen,
        method=wanted.method, payee=wanted.payee, reason=wanted.reason, refunded_at=now, by=by,
        message_key=message_key,
    )  # fmt: skip
    session.add(refund)
    await session.flush()
    session.add_all(
        RefundPart(refund_id=refund.id, payment_id=payment_id, amount_fen=part) for payment_id, part in parts
    )
    await _note(session, refund, Movement.REFUND, -refund.amount_fen, now)
    return refund, True


async def take_refund_back(
    session: AsyncSession, number: str, *, by: str, reason: str, now: datetime
) -> Refund:
    """The refund was not paid out, or came back: the money is credit again, and pays what is open.

    Raises: UserError.
    """
    wanted = number.strip().upper()
    refund: Refund | None = await session.scalar(select(Refund).where(Refund.number == wanted))
    if refund is None:
        raise UserError("没有这张退款单，请核对单号，例如 TK-202604-0001。")
    if not reason.strip():
        raise UserError(f"请写明原因，例如：退款 撤销 {refund.number} 账号有误被退回")
    await lock_accounts(session, [refund.tenant_id])
    await lock_till(session, refund.by)
    await session.refresh(refund, with_for_update=True)
    if refund.cancelled_at is not None:
        raise UserError(f"{refund.number} 已于 {local(refund.cancelled_at):%m-%d %H:%M} 撤销，无需重复。")
    refund.cancelled_at, refund.cancelled_by, refund.cancelled_reason = now, by, reason.strip()[:200]
    await _note(session, refund, Movement.REFUND_BACK, refund.amount_fen, now)
    await settle_from_credit(session, refund.tenant_id, now)
    return refund


def _parts(left: Sequence[tuple[Payment, int]], amount_fen: int) -> list[tuple[int, int]]:
    """(payment id, 分) that make up the amount. Raises: UserError."""
    most_fen = sum(part for _, part in left)
    if amount_fen > most_fen:
        raise UserError(
            f"可退的预存款只有 {yuan(most_fen)} 元，不能退 {yuan(amount_fen)} 元。"
            "有未付账单时预存款先抵账单；未到账的支票不能退；已收的账单款要退请先冲正。"
        )
    parts = []
    for payment, left_fen in left:
        if part := min(left_fen, amount_fen):
            parts.append((payment.id, part))
            amount_fen -= part
    return parts


async def _note(session: AsyncSession, refund: Refund, movement: Movement, fen: int, now: datetime) -> None:
    await note_in_till(
        session, refund.by, now, movement=movement, number=refund.number, tenant_id=refund.tenant_id,
        method=refund.method, reference=refund.payee, amount_fen=fen,
    )  # fmt: skip


async def _number(session: AsyncSession, now: datetime) -> str:
    month = f"{local(now):%Y%m}"
    return f"TK-{month}-{await next_number(session, f'refund:{month}'):04}"
