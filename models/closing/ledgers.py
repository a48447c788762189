"""The books of a month as tables for a spreadsheet: bounded by the month, so that they are the same whenever made."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local
from models.closing.accounts import account_at
from models.closing.span import Span
from models.closing.voucher import Undone, VoucherSummary
from models.exports.proof import SIGN_OFF
from models.exports.table import Asked, Column, Holds, Row, Table
from models.fees.bill import Bill, BillStatus
from models.fees.payment import Payment
from models.people.staff import names_of_staff
from models.people.tenant import Tenant

_MONEY = Column("金额（元）", Holds.MONEY)


async def ledgers(session: AsyncSession, summary: VoucherSummary, asked: Asked) -> list[Table]:
    """汇总, 账单, 收款, 冲销, 期末余额, 签收表."""
    span = Span.of(asked.month)
    return [
        _totals(summary),
        await _bills(session, span),
        await _payments(session, span),
        _undone(summary),
        await _balances(session, span),
        await SIGN_OFF.table(session, asked),
    ]


def _totals(summary: VoucherSummary) -> Table:
    rows: list[Row] = [
        ("期初欠费", "", summary.opening.owed_fen),
        ("期初预存", "", summary.opening.credit_fen),
    ]
    rows += [(f"本月账单：{item.name}", item.count, item.amount_fen) for item in summary.items]
    rows += [("本月账单合计", summary.bills, summary.billed_fen)]
    rows += [("本月账单冲销", len(summary.undone_bills), summary.bills_undone_fen)]
    rows += [(f"本月收款：{item.name}", item.count, item.amount_fen) for item in summary.payments]
    rows += [("本月收款合计", summary.payment_count, summary.received_fen)]
    rows += [("本月收款冲正", len(summary.undone_payments), summary.payments_undone_fen)]
    rows += [("本月退款（预存）", "", summary.refunded_fen)]
    rows += [("期末欠费", summary.closing.debtors, summary.closing.owed_fen)]
    rows += [("期末预存", "", summary.closing.credit_fen)]
    rows += [
        ("押金：本月收取（不计收入）", "", summary.deposits_received_fen),
        ("押金：本月退还", "", summary.deposits_returned_fen),
        ("押金：期末代管", "", summary.deposits_held_fen),
    ]
    return Table("汇总", (Column("项目"), Column("笔数", Holds.NUMBER), _MONEY), rows)


async def _bills(session: AsyncSession, span: Span) -> Table:
    rows = await session.execute(
        select(Bill, Tenant.name)
        .join(Tenant, Tenant.id == Bill.tenant_id)
        .where(Bill.status != BillStatus.DRAFT, span.holds(Bill.issued_at))
        .order_by(Bill.number)
    )
    columns = (
        Column("编号"),
        Column("租户"),
        Column("月份"),
        Column("发出时间", Holds.INSTANT),
        Column("付款截止", Holds.DAY),
        _MONEY,
    )
    cells = [
        (bill.number, name, bill.month, bill.issued_at, bill.due_on, bill.total_fen) for bill, name in rows
    ]
    return Table("账单", columns, cells)


async def _payments(session: AsyncSession, span: Span) -> Table:
    names = await names_of_staff(session)
    rows = await session.execute(
        select(Payment, Tenant.name)
        .join(Tenant, Tenant.id == Payment.tenant_id)
        .where(span.holds(Payment.received_at))
        .order_by(Payment.received_at, Payment.id)
    )
    columns = (
        Column("单号"),
        Column("租户"),
        Column("收款时间", Holds.INSTANT),
        Column("方式"),
        Column("流水号"),
        Column("收款人"),
        _MONEY,
    )
    cells = [
        (
            payment.number,
            name,
            payment.received_at,
            payment.method,
            payment.reference,
            names.get(payment.cashier, payment.cashier),
            payment.amount_fen,
        )
        for payment, name in rows
    ]
    return Table("收款", columns, cells)


def _undone(summary: VoucherSummary) -> Table:
    columns = (Column("类别"), Column("编号"), Column("租户"), Column("时间"), Column("原因"), _MONEY)
    undone: Sequence[Undone] = (*summary.undone_bills, *summary.undone_payments)
    cells = [
        (
            each.what,
            each.number,
            each.tenant,
            f"{local(each.undone_at):%Y-%m-%d %H:%M}",
            each.reason,
            each.amount_fen,
        )
        for each in undone
    ]
    return Table("冲销", columns, cells)


async def _balances(session: AsyncSession, span: Span) -> Table:
    accounts = await account_at(session, span.end)
    names = await session.execute(select(Tenant.id, Tenant.name).where(Tenant.id.in_(list(accounts))))
    columns = (Column("租户"), Column("欠费（元）", Holds.MONEY), Column("预存（元）", Holds.MONEY))
    known = sorted(((accounts[key], name) for key, name in names), reverse=True)
    return Table("期末余额", columns, [(name, max(net, 0), max(-net, 0)) for net, name in known])
