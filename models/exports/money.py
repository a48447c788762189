"""账单, 收款, 欠费 as tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import at_local, local_date
from models.exports.table import Asked, Column, ExportForm, Holds, Row
from models.fees.bill import Bill, BillStatus
from models.fees.debtors import debtors
from models.fees.payment import Payment
from models.people.staff import names_of_staff
from models.people.tenant import Tenant


async def _bills(session: AsyncSession, asked: Asked) -> Sequence[Row]:
    rows = await session.execute(
        select(Bill, Tenant.name)
        .join(Tenant, Tenant.id == Bill.tenant_id)
        .where(Bill.month == str(asked.month), Bill.status == BillStatus.ISSUED)
        .order_by(Bill.number)
    )
    return [
        (bill.number, name, bill.month, bill.due_on, bill.total_fen, bill.paid_fen, bill.owed_fen)
        for bill, name in rows
    ]


async def _payments(session: AsyncSession, asked: Asked) -> Sequence[Row]:
    names = await names_of_staff(session)
    rows = await session.execute(
        select(Payment, Tenant.name)
        .join(Tenant, Tenant.id == Payment.tenant_id)
        .where(Payment.received_at >= at_local(asked.month.first_day, 0))
        .where(Payment.received_at < at_local(asked.month.last_day + timedelta(days=1), 0))
        .order_by(Payment.received_at, Payment.id)
    )
    return [
        (
            payment.number,
            name,
            payment.received_at,
            payment.method,
            payment.reference,
            payment.amount_fen,
            names.get(payment.cashier, payment.cashier),
            payment.reversed_at,
            payment.reversed_reason,
        )
        for payment, name in rows
    ]


async def _debts(session: AsyncSession, asked: Asked) -> Sequence[Row]:
    today = local_date(asked.now)
    return [
        (
            each.name,
            each.bills,
            each.owed_fen,
            each.overdue_fen,
            each.oldest_due_on,
            max((today - each.oldest_due_on).days, 0),
        )
        for each in await debtors(session, today)
    ]


BILLS = ExportForm(
    "bills",
    "账单",
    "fees.see",
    True,
    (
        Column("编号"),
        Column("租户"),
        Column("月份"),
        Column("付款截止", Holds.DAY),
        Column("金额（元）", Holds.MONEY),
        Column("已付（元）", Holds.MONEY),
        Column("未付（元）", Holds.MONEY),
    ),
    _bills,
)
PAYMENTS = ExportForm(
    "payments",
    "收款",
    "fees.see",
    True,
    (
        Column("单号"),
        Column("租户"),
        Column("收款时间", Holds.INSTANT),
        Column("方式"),
        Column("流水号"),
        Column("金额（元）", Holds.MONEY),
        Column("收款人"),
        Column("冲正时间", Holds.INSTANT),
        Column("冲正原因"),
    ),
    _payments,
)
DEBTS = ExportForm(
    "debts",
    "欠费",
    "fees.see",
    False,
    (
        Column("租户"),
        Column("未付期数", Holds.NUMBER),
        Column("欠费（元）", Holds.MONEY),
        Column("其中逾期（元）", Holds.MONEY),
        Column("最早到期", Holds.DAY),
        Column("逾期天数", Holds.NUMBER),
    ),
    _debts,
)
