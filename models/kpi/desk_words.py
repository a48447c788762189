"""A month at the desk as text: the overview, and the repairs by category, worker or building."""

from __future__ import annotations

from collections.abc import Sequence

from models.kpi.desk import By, DeskMonth, Group
from models.kpi.measure import Measure
from models.rules import Rules

MOST = 20


def desk_text(found: DeskMonth, rules: Rules) -> str:
    """One line for each target, and what else there is to say."""
    counts = found.counts
    lines = [
        f"【统计】{found.month.label}服务台",
        f"报修 {counts['repair']} 单（未完 {found.open_count}，重开 {found.reopened} 次），"
        f"投诉 {counts['complaint']} 件，咨询 {counts['inquiry']} 条",
        *(_measure_line(each) for each in found.measures if each.rate is not None),
        _rating_line(found, rules),
    ]
    if unexplained := sum(len(each.unexplained) for each in found.measures):
        lines.append(f"还有 {unexplained} 项超时没有写明原因。")
    month = found.month.month
    lines.append(f"看明细：统计 完工 {month}月；分组：统计 报修 类别、师傅、楼栋；看图：统计 报修 图")
    return "\n".join(line for line in lines if line)


def _measure_line(each: Measure) -> str:
    mark = "✓" if each.met else "✗"
    note = f" {each.open_note}" if each.open_note else ""
    return f"{mark} {each.name} {each.rate_text}（{each.fraction_text}，目标 {each.target_text}）{note}"


def _rating_line(found: DeskMonth, rules: Rules) -> str:
    hours = f"平均 {found.hours:.1f} 小时完工" if found.hours is not None else ""
    if found.rating is None:
        return hours
    mark = "✓" if found.rating >= rules.kpi.rating_least else "✗"
    stars = f"{mark} 平均评分 {found.rating:.1f}（{found.rated} 单，目标 ≥{rules.kpi.rating_least}）"
    return f"{stars}，{hours}" if hours else stars


def groups_text(found: DeskMonth, by: By) -> str:
    """One line for each group, the largest first."""
    groups: Sequence[Group] = found.groups[by]
    more = [f"……另有 {len(groups) - MOST} 组"] if len(groups) > MOST else []
    return "\n".join([f"【报修·按{by}】{found.month.label}", *map(_group_line, groups[:MOST]), *more])


def _group_line(group: Group) -> str:
    parts = [f"{group.name} {group.count} 单"]
    if group.ended:
        parts.append(f"及时 {group.in_time}/{group.ended}")
    if group.hours is not None:
        parts.append(f"{group.hours:.1f} 小时")
    if group.rating is not None:
        parts.append(f"{group.rating:.1f} 分")
    return "｜".join(parts)
