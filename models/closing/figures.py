"""The figures of a month's close, from the rows, as they stood at its end: asked later they are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.clock import at_local
from models.closing.accounts import account_at
from models.closing.voucher import Asked, ItemTotal, Standing, Undone, VoucherSummary
from models.fees.bill import Bill, BillLine, BillStatus
from models.fees.deposit import DEPOSIT, Deposit, DepositRefund
from models.fees.payment import Payment
from models.notices.documents import Issuer
from models.notices.sign_off import stands
from models.people.tenant import Tenant
from models.rules import Rules

_NAMES = {"service": "有偿服务费", DEPOSIT: "押金（代管，不计收入）"}
"""Kinds of lines whose own names differ from line to line."""


@dataclass(frozen=True, slots=True)
class Span:
    """The instants of a month, the last not included."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, month: Month) -> Span:
        """From its first midnight to that of the next month."""
        return cls(at_local(month.first_day, 0), at_local(month.last_day + timedelta(days=1), 0))

    def holds(self, column: SQLColumnExpression[Any]) -> ColumnElement[bool]:
        """Whether an instant lies in it."""
        return (column >= self.start) & (column < self.end)


async def voucher_summary(
    session: AsyncSession,
    month: Month,
    *,
    made_by: str,
    made_on: date,
    rules: Rules,
    asked: Sequence[Asked] = (),
) -> VoucherSummary:
    """All figures of a month that is over. Raises ValueError when they do not add up."""
    span = Span.of(month)
    letters = await stands(session, str(month))
    return VoucherSummary(
        issuer=Issuer.of(rules.park),
        month=str(month),
        made_by=made_by,
        made_on=made_on,
        bills=await _bill_count(session, span),
        items=await _items(session, span),
        payments=await _payments(session, span),
        undone_bills=(),
        undone_payments=await _undone_payments(session, span),
        refunded_fen=0,
        opening=_standing(await account_at(session, span.start)),
        closing=_standing(await account_at(session, span.end)),
        deposits_received_fen=await _deposits_received(session, span),
        deposits_returned_fen=await _deposits_returned(session, span),
        deposits_held_fen=await _deposits_held(session, span.end),
        notices=len(letters),
        signed=sum(stand.signed for stand in letters),
        asked=tuple(asked),
    )


def _standing(accounts: dict[int, int]) -> Standing:
    owed = [net for net in accounts.values() if net > 0]
    return Standing(sum(owed), sum(-net for net in accounts.values() if net < 0), len(owed))


async def _bill_count(session: AsyncSession, span: Span) -> int:
    return await session.scalar(select(func.count(Bill.id)).where(_issued(span))) or 0


def _issued(span: Span) -> ColumnElement[bool]:
    return (Bill.status != BillStatus.DRAFT) & span.holds(Bill.issued_at)


async def _items(session: AsyncSession, span: Span) -> tuple[ItemTotal, ...]:
    rows = await session.execute(
        select(BillLine.code, func.min(BillLine.name), func.count(), func.sum(BillLine.amount_fen))
        .join(Bill, Bill.id == BillLine.bill_id)
        .where(_issued(span))
        .group_by(BillLine.code)
        .order_by(func.min(BillLine.position), BillLine.code)
    )
    items = [
        ItemTotal(_NAMES.get(code) or name.split()[0], count, int(amount))
        for code, name, count, amount in rows
    ]
    billed = await session.scalar(select(func.sum(Bill.total_fen)).where(_issued(span)))
    if carried := int(billed or 0) - sum(item.amount_fen for item in items):
        items.append(ItemTotal("结转下期的抵减", 0, carried))
    return tuple(items)


async def _payments(session: AsyncSession, span: Span) -> tuple[ItemTotal, ...]:
    rows = await session.execute(
        select(Payment.method, func.count(), func.sum(Payment.amount_fen))
        .where(span.holds(Payment.received_at))
        .group_by(Payment.method)
        .order_by(Payment.method)
    )
    return tuple(ItemTotal(method, count, int(amount)) for method, count, amount in rows)


async def _undone_payments(session: AsyncSession, span: Span) -> tuple[Undone, ...]:
    rows = await session.execute(
        select(Payment, Tenant.name)
        .join(Tenant, Tenant.id == Payment.tenant_id)
        .where(span.holds(Payment.reversed_at))
        .order_by(Payment.reversed_at, Payment.id)
    )
    return tuple(
        Undone(
            "收款冲正",
            payment.number,
            name,
            payment.amount_fen,
            payment.reversed_reason,
            payment.reversed_at or span.end,
        )
        for payment, name in rows
    )


async def _deposits_received(session: AsyncSession, span: Span) -> int:
    billed = select(func.sum(Deposit.amount_fen)).join(Bill, Bill.id == Deposit.bill_id).where(_issued(span))
    taken = select(func.sum(Deposit.amount_fen)).where(span.holds(Deposit.received_at))
    return int(await session.scalar(billed) or 0) + int(await session.scalar(taken) or 0)


async def _deposits_returned(session: AsyncSession, span: Span) -> int:
    query = select(func.sum(DepositRefund.amount_fen)).where(span.holds(DepositRefund.refunded_at))
    return int(await session.scalar(query) or 0)


async def _deposits_held(session: AsyncSession, end: datetime) -> int:
    ever = Span(at_local(date(2000, 1, 1), 0), end)
    return await _deposits_received(session, ever) - await _deposits_returned(session, ever)
