"""Accuracy of entry: payments and readings that did not have to be corrected [manual 5.x: ≥ 99 %]."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.clock import local_date
from models.closing.span import Span
from models.fees.meter import Meter, Reading, ReadingCorrection
from models.fees.payment import Payment, ReversalCode
from models.kpi.measure import Kpi, Measure, Miss
from models.people.tenant import Tenant
from models.people.unit import Unit
from models.rules import Rules


async def entry_accuracy(session: AsyncSession, month: Month, now: datetime, rules: Rules) -> Measure:
    """Payments taken in the month and readings of the month; each counts as corrected once."""
    misses = [*await _payments(session, month), *await _readings(session, month)]
    entered = await _entered(session, month)
    return Measure(
        Kpi.ENTRIES,
        "录入准确率",
        month,
        entered - len(misses),
        entered,
        rules.kpi.entry_accuracy_least,
        f"1 − 更正的 {len(misses)} 笔 ÷ 本月录入的收款和读数",
        misses,
        open_note=f"截至 {local_date(now):%m-%d}，未到期" if local_date(now) <= month.last_day else "",
    )


async def _entered(session: AsyncSession, month: Month) -> int:
    payments = select(func.count(Payment.id)).where(Span.of(month).holds(Payment.received_at))
    readings = select(func.count(Reading.id)).where(Reading.month == str(month), ~Reading.settled)
    return (await session.scalar(payments) or 0) + (await session.scalar(readings) or 0)


async def _payments(session: AsyncSession, month: Month) -> list[Miss]:
    rows = await session.execute(
        select(Payment, Tenant.name)
        .join(Tenant, Tenant.id == Payment.tenant_id)
        .where(Span.of(month).holds(Payment.received_at), Payment.reversal_code == ReversalCode.ENTRY)
        .order_by(Payment.number)
    )
    return [
        Miss(payment.number, name, f"收款冲正：{payment.reversed_reason}，金额", payment.amount_fen)
        for payment, name in rows
    ]


async def _readings(session: AsyncSession, month: Month) -> list[Miss]:
    rows = await session.execute(
        select(ReadingCorrection, Unit.code, Meter.kind)
        .join(Reading, Reading.id == ReadingCorrection.reading_id)
        .join(Meter, Meter.id == Reading.meter_id)
        .join(Unit, Unit.id == Meter.unit_id)
        .where(ReadingCorrection.month == str(month))
        .order_by(ReadingCorrection.reading_id, ReadingCorrection.id)
    )
    found: dict[str, Miss] = {}
    for each, code, kind in rows:
        item = f"DS-{month.year:04}{month.month:02}-{each.reading_id}"
        asked = "（系统询问后）" if each.in_question else ""
        found.setdefault(
            item, Miss(item, f"{code} {kind}表", f"读数更正{asked}：{each.old_value} → {each.new_value}")
        )
    return list(found.values())
