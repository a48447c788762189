"""违约金 on the next bill, a line for each late one [law: 民法典 §585]. Off by default; only with a contract's word.

It runs on outstanding principal alone, so never on itself, and survives the payment of the principal.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.clock import local_date
from models.fees.bill import Bill, BillLine, BillRun, BillStatus, RunStatus
from models.fees.bill_lines import DraftLine
from models.fees.bill_view import bill_label
from models.fees.late_bills import CODE, Accrued, accrued, per_mille
from models.fees.meter_book import cut_off
from models.fees.money import yuan
from models.fees.penalty import Outstanding
from models.fees.penalty_agreement import PenaltyAgreement
from models.fees.sources.source import Found, LineSource, Prepared, Scope

NAME = "penalty"


def tenants(month: Month) -> Select[int]:
    """Whoever has agreed to it."""
    return select(PenaltyAgreement.tenant_id).where(PenaltyAgreement.from_on <= month.last_day)


async def prepare(session: AsyncSession, scope: Scope) -> Prepared:
    """Through which day it runs: the month's cut-off, or the day before the draft where that is earlier."""
    if not scope.rules.fees.penalty:
        return Prepared()
    made_at = await session.scalar(
        select(BillRun.made_at)
        .where(BillRun.month == str(scope.month), BillRun.status == RunStatus.DRAFT)
        .order_by(BillRun.id.desc())
        .limit(1)
    )
    until = cut_off(scope.month)
    if made_at is not None:
        until = min(until, local_date(made_at) - timedelta(days=1))
    fees = scope.rules.fees
    return Prepared(
        {"until": until.isoformat(), "order": list(fees.allocation), "cap_percent": fees.penalty_cap_percent}
    )


async def find(session: AsyncSession, scope: Scope) -> Found:
    """A line for each late bill on which something has run up since it was charged last."""
    return Found(await _lines(session, scope.tenant_ids, scope.facts))


async def _lines(session: AsyncSession, tenant_ids: Sequence[int], facts: Any) -> list[DraftLine]:
    if not facts:
        return []
    until = date.fromisoformat(facts["until"])
    found = await accrued(session, tenant_ids, until, facts["order"], facts.get("cap_percent", 0))
    return [_line(each) for each in found if each.due_fen]


def _line(each: Accrued) -> DraftLine:
    bill, terms = each.bill, each.terms
    first = each.stretches[0] if each.stretches else None
    return DraftLine(
        bill.tenant_id,
        CODE,
        f"违约金（{bill_label(bill)}）",
        _arithmetic(each),
        each.due_fen,
        {
            "key": f"penalty:{bill.id}",
            "late_bill_id": bill.id,
            "late_bill": bill.number or "",
            "principal_fen": first.open_fen if first else 0,
            "from": first.first.isoformat() if first else "",
            "until": each.until.isoformat(),
            "daily_rate": f"{terms.daily_rate:f}",
            "contract_reference": terms.contract_reference,
            "total_fen": each.total_fen,
            "charged_before_fen": each.charged_fen,
        },
    )


def _arithmetic(each: Accrued) -> str:
    """How it came about; where it corrects what was charged before, that is said."""
    if each.waived:
        return f"已免收，退回已计 {yuan(each.charged_fen)} 元"
    rate, reference = per_mille(each.terms.daily_rate), each.terms.contract_reference
    if each.capped:
        return f"每日 {rate}，累计封顶 {yuan(each.total_fen)} 元，减已计 {yuan(each.charged_fen)} 元；依据 {reference}"
    fresh = sum(stretch.open_fen * stretch.days for stretch in each.stretches) * each.terms.daily_rate
    if abs(fresh - each.due_fen) > 1:  # payments were recorded or taken back for days charged before
        return (
            f"按到账日重算，每日 {rate}，应计 {yuan(each.total_fen)} 元，减已计 {yuan(each.charged_fen)} 元；"
            f"依据 {reference}"
        )
    days = " + ".join(_days(stretch) for stretch in each.stretches)
    period = f"{each.stretches[0].first} 至 {each.stretches[-1].last}"
    return f"{period}，未付本金 {days}，每日 {rate}；依据 {reference}"


def _days(stretch: Outstanding) -> str:
    return f"{yuan(stretch.open_fen)} 元 × {stretch.days} 天"


async def stale(session: AsyncSession, run: BillRun) -> str:
    """A payment may have been recorded since, or taken back, that was made before the day it runs to."""
    rows = await session.execute(
        select(Bill.tenant_id, BillLine.source, BillLine.amount_fen)
        .join(Bill, Bill.id == BillLine.bill_id)
        .where(Bill.run_id == run.id, Bill.status == BillStatus.DRAFT, BillLine.code == CODE)
    )
    drafted = {(tenant_id, source["late_bill_id"]): amount for tenant_id, source, amount in rows}
    if not drafted:
        return ""
    lines = await _lines(session, sorted({tenant_id for tenant_id, _ in drafted}), run.facts.get(NAME))
    now = {(line.tenant_id, line.source["late_bill_id"]): line.amount_fen for line in lines}
    return "出账后违约金有变动（有新的收款或冲正）" if now != drafted else ""


PENALTY = LineSource(NAME, (CODE,), tenants=tenants, find=find, prepare=prepare, stale=stale)
