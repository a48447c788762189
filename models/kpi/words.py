"""Measures as text: the overview, and the list behind one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from models.calendar.period import Month
from models.exports.table import Column, Holds, Table
from models.fees.money import yuan
from models.kpi.measure import Measure, Miss

MOST = 15
"""Misses in a message; all of them stand in the workbook."""


def board_text(month: Month, measures: Sequence[Measure]) -> str:
    """One line for each target."""
    lines = [f"【统计】{month.label}账单", *(f"{_mark(each)} {_line(each)}" for each in measures)]
    if unexplained := sum(len(each.unexplained) for each in measures):
        lines.append(f"还有 {unexplained} 项没有写明原因。")
    lines.append(f"看明细：统计 收缴 {month.month}月；看图：统计 图；写原因：原因 编号 原因")
    return "\n".join(lines)


def _mark(each: Measure) -> str:
    return {None: "—", True: "✓", False: "✗"}[each.met]


def _line(each: Measure) -> str:
    return f"{each.name} {each.rate_text}（{each.fraction_text}，目标 {each.target_text}）{each.verdict}"


def detail_text(each: Measure) -> str:
    """Formula, figures and the misses, the list cut, its totals not."""
    head = [f"【{each.name}】{each.month.label}", f"公式：{each.formula}", f"{_mark(each)} {_line(each)}"]
    if not each.misses:
        return "\n".join([*head, "没有未达标的项目。"])
    total = f"，合计 {yuan(sum(miss.amount_fen for miss in each.misses))} 元" if each.money else ""
    head.append(f"未达标 {len(each.misses)} 项{total}：")
    rows = [_row(miss) for miss in each.misses[:MOST]]
    if len(each.misses) > MOST:
        rows.append(f"……另有 {len(each.misses) - MOST} 项，全部列在随后的表格里。")
    return "\n".join([*head, *rows, *_by_reason(each.misses)])


def _row(miss: Miss) -> str:
    amount = f" {yuan(miss.amount_fen)} 元" if miss.amount_fen else ""
    return f"· {miss.item} {miss.who}：{miss.what}{amount}；{miss.reason or '未写原因'}"


def _by_reason(misses: Sequence[Miss]) -> list[str]:
    """How often each reason was given, over all misses."""
    counted = Counter(miss.reason.partition("（")[0] for miss in misses if miss.reason)
    words = "，".join(f"{reason} {count} 项" for reason, count in counted.most_common())
    return [f"原因：{words}"] if words else []


def misses_table(each: Measure) -> Table:
    """Every miss, for a spreadsheet."""
    columns = (
        Column("编号"),
        Column("对象"),
        Column("情况"),
        Column("金额（元）", Holds.MONEY),
        Column("原因"),
    )
    rows = [
        (miss.item, miss.who, miss.what, miss.amount_fen or None, miss.reason or "未写原因")
        for miss in each.misses
    ]
    return Table(f"{each.name} {each.month}", columns, rows)
