"""The list of debtors as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from models.fees.debtors import Debtor
from models.fees.money import yuan

_MOST = 20


def debtors_text(found: Sequence[Debtor], name: str, today: date) -> str:
    """Debtors whose name holds `name`; a long list is cut, its totals are not."""
    chosen = [each for each in found if name in each.name]
    if not chosen:
        return f"没有名称含“{name[:20]}”的欠费租户。" if name else "目前没有欠费租户。"
    total, overdue = sum(d.owed_fen for d in chosen), sum(d.overdue_fen for d in chosen)
    rows = [_row(debtor, today) for debtor in chosen[:_MOST]]
    if len(chosen) > _MOST:
        rows.append(f"……另有 {len(chosen) - _MOST} 家，发送“欠费 名称”查询。")
    head = f"欠费 {len(chosen)} 家，合计 {yuan(total)} 元，其中逾期 {yuan(overdue)} 元："
    return "\n".join([head, *rows])


def _row(debtor: Debtor, today: date) -> str:
    days = (today - debtor.oldest_due_on).days
    when = f"最早一期逾期 {days} 天" if days > 0 else f"{debtor.oldest_due_on:%m-%d} 到期"
    return f"· {debtor.name}：{yuan(debtor.owed_fen)} 元（{debtor.bills} 期，{when}）"
