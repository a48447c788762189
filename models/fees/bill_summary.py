"""What a month's run amounts to, compared with the month before; always from the full data."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.fees.bill import Bill, BillKind, BillLine, BillRun
from models.fees.bill_draft import gaps_of, month_of
from models.fees.billing import readings_since, staff_name
from models.fees.draft_notes import notes_on
from models.fees.money import yuan
from models.people.tenant import Tenant

_NOTABLE = 0.3
_MOST = 8


@dataclass(frozen=True, slots=True)
class Difference:
    """A tenant whose bill changed much."""

    tenant: str
    now_fen: int
    before_fen: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Totals of a run. differences: of 30 % and more, biggest first. late_readings: came in after the draft.

    notes: what else to look at (models.fees.draft_notes).
    """

    month: Month
    made_by: str
    tenants: int
    lines: int
    total_fen: int
    before_fen: int
    due_text: str
    differences: list[Difference]
    notes: list[str]
    gaps: list[str]
    late_readings: int

    def text(self) -> str:
        """For those who make, check and approve."""
        parts = [
            f"{self.month.label}账单：{self.tenants} 家租户，{self.lines} 项，合计 {yuan(self.total_fen)} 元"
            f"（上月 {yuan(self.before_fen)} 元）。制单：{self.made_by}。{self.due_text}"
        ]
        if self.notes:
            parts.append(f"其中：{'；'.join(self.notes)}。")
        if self.differences:
            rows = [
                f"· {d.tenant}：{yuan(d.before_fen)} → {yuan(d.now_fen)} 元" for d in self.differences[:_MOST]
            ]
            parts.append(f"与上月相差三成以上（{len(self.differences)} 家）：\n" + "\n".join(rows))
        if self.gaps:
            parts.append(f"未计入（{len(self.gaps)}）：\n" + _cut(self.gaps))
        if self.late_readings:
            parts.append(f"出账后又收到 {self.late_readings} 条读数，如需计入本月，请重新出账。")
        return "\n".join(parts)


def _cut(gaps: list[str]) -> str:
    rows = [f"· {gap}" for gap in gaps[:_MOST]]
    more = len(gaps) - _MOST
    return "\n".join(rows + ([f"……另有 {more} 条，补齐后计入下月。"] if more > 0 else []))


async def summarise(session: AsyncSession, run: BillRun) -> Summary:
    """The run as it stands, drafts included."""
    month = month_of(run)
    now_fen = await _totals(session, month)
    before_fen = await _totals(session, month.previous())
    lines = await session.scalar(
        select(func.count()).select_from(BillLine).join(Bill).where(Bill.run_id == run.id)
    )
    due_on = await session.scalar(select(func.max(Bill.due_on)).where(Bill.run_id == run.id))
    return Summary(
        month=month,
        made_by=await staff_name(session, run.made_by),
        tenants=len(now_fen),
        lines=lines or 0,
        total_fen=sum(now_fen.values()),
        before_fen=sum(before_fen.values()),
        due_text=f"付款截止 {due_on}。" if due_on else "",
        differences=_differences(now_fen, before_fen, await _names(session)),
        notes=await notes_on(session, run),
        gaps=await gaps_of(session, run),
        late_readings=await readings_since(session, run),
    )


async def _totals(session: AsyncSession, month: Month) -> dict[int, int]:
    rows = await session.execute(
        select(Bill.tenant_id, Bill.total_fen).where(Bill.month == str(month), Bill.kind == BillKind.MONTH)
    )
    return {tenant_id: total for tenant_id, total in rows}


async def _names(session: AsyncSession) -> dict[int, str]:
    return {tenant_id: name for tenant_id, name in await session.execute(select(Tenant.id, Tenant.name))}


def _differences(now: dict[int, int], before: dict[int, int], names: dict[int, str]) -> list[Difference]:
    """Only tenants billed in both months: a new tenant is no surprise."""
    both = [Difference(names[key], now[key], before[key]) for key in now.keys() & before.keys()]
    notable = [d for d in both if abs(d.now_fen - d.before_fen) >= _NOTABLE * d.before_fen]
    return sorted(notable, key=lambda d: (-abs(d.now_fen - d.before_fen), d.tenant))
