"""What a run amounts to, beside the month before; shown before anybody checks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.bill import Bill, BillLine, BillRun, RunKind
from models.fees.bill_draft import gaps_of, month_of, run_label
from models.fees.billing import readings_since, staff_name
from models.fees.draft_notes import notes_on
from models.fees.money import yuan
from models.fees.run_differences import Difference, Differences, differences
from models.rules import Rules

_MOST = 8


@dataclass(frozen=True, slots=True)
class Summary:
    """Totals of a run. percent: how much of a change is notable. late_readings: came in after the draft.

    notes: what else to look at (models.fees.draft_notes).
    """

    label: str
    month: str
    beside_last: bool
    made_by: str
    tenants: int
    lines: int
    due_text: str
    against: Differences
    percent: int
    notes: list[str]
    gaps: list[str]
    late_readings: int

    @property
    def total_fen(self) -> int:
        """All bills of the run."""
        return self.against.now_fen

    def text(self) -> str:
        """For those who make, check and approve."""
        before = f"（上月 {yuan(self.against.before_fen)} 元）" if self.beside_last else ""
        parts = [
            f"{self.label}：{self.tenants} 家租户，{self.lines} 项，合计 {yuan(self.total_fen)} 元{before}。"
            f"制单：{self.made_by}。{self.due_text}"
        ]
        if self.notes:
            parts.append(f"其中：{'；'.join(self.notes)}。")
        if self.beside_last and self.against.before_fen:
            parts += self._beside_last_month()
        if self.gaps:
            parts.append(f"未计入（{len(self.gaps)}）：\n" + _cut([f"· {gap}" for gap in self.gaps]))
        if self.late_readings:
            parts.append(f"出账后又收到 {self.late_readings} 条读数，如需计入本月，请重新出账。")
        return "\n".join(parts)

    def _beside_last_month(self) -> list[str]:
        parts = ["各项与上月相比：\n" + "\n".join(f"· {changed(each)}" for each in self.against.codes)]
        if notable := self.against.notable(self.percent):
            rows = [f"· {changed(each)}" for each in notable[:_MOST]]
            parts.append(f"变化 {self.percent}% 以上（{len(notable)} 家）：\n" + "\n".join(rows))
        for what, names in (("本月新增", self.against.fresh), ("上月有、本月没有", self.against.gone)):
            if names:
                more = f"等 {len(names)} 家" if len(names) > _MOST else f"，共 {len(names)} 家"
                parts.append(f"{what}：{'、'.join(names[:_MOST])}{more}")
        parts.append(f"逐户对比请发送“差异 {self.month}”。")
        return parts


def changed(each: Difference) -> str:
    """ "电费：1,000.00 → 1,200.00 元（+20%）"."""
    if each.before_fen is None or each.now_fen is None:
        what = "上月没有，本月" if each.before_fen is None else "本月没有，上月"
        return f"{each.name}：{what} {yuan(each.now_fen or each.before_fen or 0)} 元"
    if each.change_fen == 0:
        return f"{each.name}：{yuan(each.now_fen)} 元（持平）"
    rate = f"（{100 * each.change_fen / each.before_fen:+.0f}%）" if each.before_fen > 0 else ""
    return f"{each.name}：{yuan(each.before_fen)} → {yuan(each.now_fen)} 元{rate}"


def _cut(rows: Sequence[str]) -> str:
    more = len(rows) - _MOST
    return "\n".join([*rows[:_MOST], *([f"……另有 {more} 条，补齐后计入下月。"] if more > 0 else [])])


async def summarise(session: AsyncSession, run: BillRun, rules: Rules) -> Summary:
    """The run as it stands, drafts included."""
    bills, lines = (
        await session.execute(
            select(func.count(Bill.id.distinct()), func.count(BillLine.id))
            .outerjoin(BillLine, BillLine.bill_id == Bill.id)
            .where(Bill.run_id == run.id)
        )
    ).one()
    note = f"（{run.due_note}）" if run.due_note else ""
    return Summary(
        label=run_label(run),
        month=run.month,
        beside_last=run.kind is RunKind.MONTH,
        made_by=await staff_name(session, run.made_by),
        tenants=bills,
        lines=lines,
        due_text=f"付款截止 {run.due_on}{note}。" if bills else "",
        against=await differences(session, run, month_of(run)),
        percent=rules.fees.notable_percent,
        notes=await notes_on(session, run),
        gaps=await gaps_of(session, run),
        late_readings=await readings_since(session, run),
    )
