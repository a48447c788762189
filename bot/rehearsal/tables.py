"""A rehearsal as tables: grouped for the screen, whole for a spreadsheet."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from bot.rehearsal.day_reasons import weekday
from bot.rehearsal.planned import Outlook, Planned
from models.clock import local
from models.exports.table import Column, Holds, Table

_NAMED = 2


def tables_of(outlook: Outlook) -> list[Table]:
    """摘要, 每一条消息, 暂缓的信."""
    messages = [
        (
            each.at,
            weekday(local(each.at).date()),
            each.who,
            each.what,
            each.channel,
            "发出" if each.sent else "不发出",
            each.why,
        )
        for each in outlook.planned
    ]
    columns = (
        Column("时间", Holds.INSTANT),
        Column("星期"),
        Column("收件人"),
        Column("内容"),
        Column("渠道"),
        Column("结果"),
        Column("为什么"),
    )
    held_columns = (Column("日期", Holds.DAY), Column("租户"), Column("本应发出"), Column("为什么暂缓"))
    return [
        Table("摘要", (Column("项目"), Column("内容")), summary_rows(outlook)),
        Table("消息", columns, messages),
        Table("暂缓", held_columns, list(outlook.held)),
    ]


def summary_rows(outlook: Outlook) -> list[tuple[str, str]]:
    """The rehearsal in a few lines."""
    ways = Counter(each.channel for each in outlook.planned)
    rows = [
        ("期间", f"{outlook.from_on} 至 {outlook.to_on}"),
        ("发出", f"{outlook.sent} 条"),
        ("不发出", f"{len(outlook.planned) - outlook.sent} 条"),
        ("渠道", "，".join(f"{name} {count} 条" for name, count in ways.most_common()) or "无"),
        ("暂缓的催款", f"{len(outlook.held)} 家"),
    ]
    return [*rows, *(("说明", note) for note in outlook.notes)]


def grouped(outlook: Outlook) -> list[tuple[str, str, str, str, str]]:
    """Time, what, channel, to whom, why: the same message to many people is one row."""
    rows = []
    for (at, what, channel, why), some in groupby(outlook.planned, _alike):
        people = [each.who for each in some]
        names = "、".join(dict.fromkeys(people[:_NAMED]))
        more = f" 等 {len(people)} 人" if len(people) > _NAMED else ""
        rows.append((at, what, channel, f"{names}{more}", why))
    return rows


def _alike(each: Planned) -> tuple[str, str, str, str]:
    here = local(each.at)
    kind = (
        each.what.partition(" ")[0].partition("：")[0] if each.what.startswith(("附件", "【")) else each.what
    )
    return f"{here:%m-%d} {weekday(here.date())} {here:%H:%M}", kind, each.channel, each.why
