"""What payments paid of bills, kind by kind, in the order that is agreed [law: 民法典 §561]."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local_date
from models.fees.allocation import DebtKind
from models.fees.attribution import BillPayment, attribute, debts_of
from models.fees.bill import BillLine
from models.fees.money import yuan
from models.fees.payment import Allocation, Payment

_WORDS = {DebtKind.COST: "费用", DebtKind.PENALTY: "违约金", DebtKind.PRINCIPAL: "本金"}


async def kinds_paid(
    session: AsyncSession, bill_ids: Iterable[int], order: Sequence[str]
) -> dict[tuple[int, int], dict[DebtKind, int]]:
    """(payment id, bill id) → kind → 分, from the live payments in the order they came to the bill."""
    wanted = list(bill_ids)
    lines: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for bill_id, code, amount in await session.execute(
        select(BillLine.bill_id, BillLine.code, BillLine.amount_fen).where(BillLine.bill_id.in_(wanted))
    ):
        lines[bill_id].append((code, amount))
    came: dict[int, list[BillPayment]] = defaultdict(list)
    for bill_id, payment_id, amount, at in await session.execute(
        select(Allocation.bill_id, Payment.id, Allocation.amount_fen, Payment.received_at)
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Allocation.bill_id.in_(wanted), Payment.reversed_at.is_(None))
        .order_by(Allocation.id)
    ):
        came[bill_id].append(BillPayment(payment_id, local_date(at), amount))
    found: dict[tuple[int, int], dict[DebtKind, int]] = defaultdict(dict)
    for bill_id, payments in came.items():
        # A bill of before this software has no lines: all of it is principal.
        debts = debts_of(lines[bill_id] or [("", sum(each.amount_fen for each in payments))])
        for part in attribute(debts, payments, order):
            sums = found[part.payment_id, bill_id]
            for kind, fen in part.parts.items():
                sums[kind] = sums.get(kind, 0) + fen
    return dict(found)


def split_text(parts: Mapping[DebtKind, int], order: Sequence[str]) -> str:
    """ "违约金 20.00、本金 980.00"; "" where all of it is principal and there is nothing to tell apart."""
    if set(parts) <= {DebtKind.PRINCIPAL}:
        return ""
    return "、".join(f"{_WORDS[kind]} {yuan(parts[kind])}" for kind in map(DebtKind, order) if kind in parts)


def order_text(order: Sequence[str], named: Sequence[str]) -> str:
    """How the money was put on the bills, as printed on the receipt."""
    kinds = "、".join(_WORDS[DebtKind(kind)] for kind in order)
    first = f"先抵付款人指定的{'、'.join(named)}，其余" if named else ""
    return f"抵付次序：{first}从最早到期的账单抵起；同一账单依次抵{kinds}。"
