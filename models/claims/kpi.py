"""How well the month's losses were handled: in time out of all that were due, with every miss and its reason [manual 五]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.cases.case import Case
from models.claims.claim import Claim
from models.claims.duty import NOT_APPLICABLE, ClaimDuty, DutyKind
from models.clock import at_local, local_date
from models.rules import ClaimRules

UNNAMED = "未说明原因"


@dataclass(frozen=True, slots=True)
class Miss:
    """One duty that was not met in time. late_s: how late, up to now while it is open."""

    number: str
    place: str
    late_s: int
    reason: str


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure: `met` of `due` were in time."""

    kind: DutyKind
    label: str
    met: int
    due: int
    misses: tuple[Miss, ...]

    @property
    def rate(self) -> str:
        """In percent; "—" when nothing was due."""
        return f"{100 * self.met / self.due:.1f}%" if self.due else "—"


def labels(rules: ClaimRules) -> dict[DutyKind, str]:
    """What each figure measures."""
    minutes = rules.on_scene_s / 60
    return {
        DutyKind.ARRIVE: f"到场 ≤ {minutes:g} 分钟",
        DutyKind.INSURER: f"报险 ≤ {rules.insurer_h} 小时",
        DutyKind.REPORT: f"事件报告 ≤ {rules.report_h} 小时",
        DutyKind.LOSS_NOTICE: f"出险通知书 ≤ {rules.loss_notice_days} 天",
        DutyKind.POLICE: f"报警 ≤ {rules.police_h} 小时",
    }


async def month_kpis(
    session: AsyncSession, month: Month, now: datetime, rules: ClaimRules
) -> tuple[int, list[Kpi]]:
    """How many losses were reported in the month, and the figures over them.

    Left out are duties not yet due, and those of which a lead has said that they do not apply.
    """
    start, end = at_local(month.first_day, 0), at_local(month.next().first_day, 0)
    rows = await session.execute(
        select(Case, Claim.id)
        .join(Claim, Claim.case_id == Case.id)
        .where(Claim.reported_at >= start, Claim.reported_at < end, Case.state != "dropped")
        .order_by(Case.id)
    )
    cases = {claim_id: case for case, claim_id in rows}
    duties = list(
        await session.scalars(select(ClaimDuty).where(ClaimDuty.claim_id.in_(cases)).order_by(ClaimDuty.id))
    )
    return len(cases), [kpi_of(kind, label, duties, cases, now) for kind, label in labels(rules).items()]


def kpi_of(
    kind: DutyKind, label: str, duties: Sequence[ClaimDuty], cases: dict[int, Case], now: datetime
) -> Kpi:
    """One figure over these duties."""
    counted = [
        duty
        for duty in duties
        if duty.kind is kind
        and duty.reason != NOT_APPLICABLE
        and (duty.met_at is not None or duty.due_at <= now)
    ]
    late = [duty for duty in counted if (duty.met_at or now) > duty.due_at]
    misses = tuple(_miss(duty, cases[duty.claim_id], now) for duty in late)
    return Kpi(kind, label, len(counted) - len(late), len(counted), misses)


def _miss(duty: ClaimDuty, case: Case, now: datetime) -> Miss:
    late_s = int(((duty.met_at or now) - duty.due_at).total_seconds())
    open_ = "" if duty.met_at else "，仍未办"
    return Miss(case.number, case.place, late_s, f"{duty.reason or UNNAMED}{open_}")


def kpi_text(month: Month, claims: int, figures: Sequence[Kpi], now: datetime) -> str:
    """The figures with numerator and denominator, then every miss."""
    if not claims:
        return f"{month.label}没有出险。"
    so_far = "（截至今天）" if Month.of(local_date(now)) == month else ""
    lines = [
        f"【理赔统计】{month.label}{so_far} 出险 {claims} 件",
        "按时办到 ÷ 已到期应办；不适用和未到期的不计，目标 100%",
    ]
    for each in figures:
        if each.due:
            lines.append(f"· {each.label}：{each.met}/{each.due} = {each.rate}")
        elif each.kind is not DutyKind.POLICE:
            lines.append(f"· {each.label}：没有到期的")
    misses = [(each, miss) for each in figures for miss in each.misses]
    if misses:
        lines.append("未达标：")
        lines += [
            f"· {miss.number} {each.label.split(' ')[0]} 晚 {_span(miss.late_s)}：{miss.reason}"
            for each, miss in misses
        ]
    return "\n".join(lines)


def _span(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} 秒"
    if seconds < 3600:
        return f"{seconds // 60} 分钟"
    return f"{seconds // 3600} 小时" if seconds < 172_800 else f"{seconds // 86_400} 天"
