"""违约金 as staff read it: who agreed to what, what it is a year, what has run up; and letting one off."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.fees.bill import Bill, BillStatus
from models.fees.bill_view import bill_label
from models.fees.late_bills import Accrued, accrued, per_mille
from models.fees.money import yuan
from models.fees.penalty import PenaltyTerms
from models.fees.penalty_agreement import PenaltyAgreement, PenaltyWaiver
from models.people.tenant import Tenant
from models.rules import Rules

_MOST = 15


async def penalties_text(session: AsyncSession, today: date, rules: Rules) -> str:
    """The agreements with their yearly rate, and what has run up by today, charged or not."""
    rows = (
        await session.execute(
            select(PenaltyAgreement, Tenant.name)
            .join(Tenant, Tenant.id == PenaltyAgreement.tenant_id)
            .order_by(Tenant.name, PenaltyAgreement.from_on)
        )
    ).all()
    head = "违约金计收已开启。" if rules.fees.penalty else "违约金计收未开启（fees.penalty），以下只作参考。"
    if not rows:
        return f"{head}没有登记合同约定，不会计收。需要时请用“违约金约定”表导入。"
    agreed = [_agreement_row(each, name, rules) for each, name in rows[:_MOST]]
    more = [f"……另有 {len(rows) - _MOST} 条"] if len(rows) > _MOST else []
    ids = {each.tenant_id for each, _ in rows}
    names = {each.tenant_id: name for each, name in rows}
    late = [each for each in await _accrued(session, ids, today, rules) if each.total_fen]
    running = [_running_row(each, names[each.bill.tenant_id]) for each in late[:_MOST]]
    total = (
        f"截至今天累计 {yuan(sum(each.total_fen for each in late))} 元：" if late else "目前没有逾期账单。"
    )
    return "\n".join([head, *agreed, *more, total, *running])


async def _accrued(session: AsyncSession, tenant_ids: set[int], today: date, rules: Rules) -> list[Accrued]:
    return await accrued(session, tenant_ids, today, rules.fees.allocation, rules.fees.penalty_cap_percent)


def _agreement_row(each: PenaltyAgreement, name: str, rules: Rules) -> str:
    yearly = PenaltyTerms(each.daily_rate, each.contract_reference).yearly_rate * 100
    warning = (
        "，偏高，法院可能调低" if yearly > rules.fees.penalty_warn_yearly_percent else ""
    )  # [law: 合同编通则解释 §65]
    return (
        f"· {name}：{each.contract_reference}，{each.from_on} 起每日 {per_mille(each.daily_rate)}"
        f"（折合每年 {yearly.normalize():f}%{warning}）"
    )


def _running_row(each: Accrued, name: str) -> str:
    state = f"已计 {yuan(each.charged_fen)} 元" if each.charged_fen else "尚未计入账单"
    end = "，已封顶" if each.capped else ""
    return f"· {name} {bill_label(each.bill)}（{each.bill.number}）：{yuan(each.total_fen)} 元{end}，{state}"


async def waive(session: AsyncSession, text: str, *, by: str, now: datetime) -> Bill:
    """Lets a late bill's 违约金 off: "ZD-202603-0001 首次逾期". What was charged is given back on the next bill.

    Raises: UserError.
    """
    number, _, reason = text.strip().partition(" ")
    bill: Bill | None = await session.scalar(
        select(Bill).where(Bill.number == number.upper(), Bill.status == BillStatus.ISSUED)
    )
    if bill is None:
        raise UserError("没有这份账单，请写完整的账单号，例如：违约金 免 ZD-202603-0001 首次逾期")
    if not reason.strip():
        raise UserError(f"请写明原因，例如：违约金 免 {bill.number} 首次逾期")
    if await session.scalar(select(PenaltyWaiver.id).where(PenaltyWaiver.bill_id == bill.id)):
        raise UserError(f"{bill.number} 的违约金已经免收，无需重复。")
    session.add(PenaltyWaiver(bill_id=bill.id, reason=reason.strip()[:200], waived_by=by, waived_at=now))
    await session.flush()
    return bill
