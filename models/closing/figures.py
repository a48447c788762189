"""The figures of a month's close, from the rows, as they stood at its end: asked later they are the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.closing.accounts import account_at
from models.closing.deposits import deposits_of
from models.closing.span import Span
from models.closing.voucher import Asked, Books, ItemTotal, Standing, Undone, VoucherSummary
from models.fees.bill import Bill, BillLine, BillReversal, BillStatus, ReversalStatus
from models.fees.books import balance
from models.fees.deposit import DEPOSIT
from models.fees.payment import Payment, Refund
from models.notices.documents import Issuer
from models.notices.sign_off import stands
from models.people.tenant import Tenant
from models.rules import Rules

_NAMES = {
    "service": "有偿服务费",
    DEPOSIT: "押金（代管，不计收入）",
    "penalty": "违约金",
    "carried": "上期结转抵扣",
    "carried_to_next": "结转下期",
}
"""Kinds of lines whose own names differ from line to line."""


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
    letters = [stand for stand in await stands(session, str(month)) if stand.notice.void_at is None]
    deposits, books = await deposits_of(session, span), await balance(session, month)
    return VoucherSummary(
        issuer=Issuer.of(rules.park),
        month=str(month),
        made_by=made_by,
        made_on=made_on,
        bills=await _bill_count(session, span),
        items=await _items(session, span),
        payments=await _payments(session, span),
        undone_bills=await _undone_bills(session, span),
        undone_payments=await _undone_payments(session, span),
        refunded_fen=await _refunded(session, span),
        opening=_standing(await account_at(session, span.start)),
        closing=_standing(await account_at(session, span.end)),
        deposits_received_fen=deposits.received_fen,
        deposits_returned_fen=deposits.returned_fen,
        deposits_held_fen=deposits.held_fen,
        notices=len(letters),
        signed=sum(stand.reached.proven for stand in letters),
        books=Books(books.billed_fen, books.paid_fen, books.credited_fen, books.reversed_fen, books.owed_fen),
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


async def _undone_bills(session: AsyncSession, span: Span) -> tuple[Undone, ...]:
    rows = await session.execute(
        select(BillReversal, Bill.total_fen, Bill.number, Tenant.name)
        .join(Bill, Bill.id == BillReversal.bill_id)
        .join(Tenant, Tenant.id == Bill.tenant_id)
        .where(BillReversal.status == ReversalStatus.APPROVED, span.holds(BillReversal.decided_at))
        .order_by(BillReversal.decided_at, BillReversal.id)
    )
    return tuple(
        Undone("账单冲销", number or "", name, total_fen, undone.reason, undone.decided_at or span.end)
        for undone, total_fen, number, name in rows
    )


async def _refunded(session: AsyncSession, span: Span) -> int:
    """Credit given back in the month, less what came back of it."""
    given = select(func.sum(Refund.amount_fen)).where(span.holds(Refund.refunded_at))
    cancelled = select(func.sum(Refund.amount_fen)).where(span.holds(Refund.cancelled_at))
    return int(await session.scalar(given) or 0) - int(await session.scalar(cancelled) or 0)


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
