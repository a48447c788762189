"""Tables of jobs, workflows, import sheets, metrics and the command line, from where each is defined."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import typer
from prometheus_client import Counter, Gauge, Histogram

import bot.metrics
from bot.commands import app
from models.cases import WORKFLOWS
from models.cases.diagram import mermaid
from models.cases.workflow import Move, Right, Workflow
from models.imports import SHEETS
from models.imports.sheet import Column
from models.suspension.diagram import mermaid as suspension_mermaid
from scheduler import JOBS
from scheduler.registry import Job
from tests.docs_parts.commands import config
from tests.docs_parts.markdown import code, table

PEOPLE = {
    Right.REPORTER: "租户",
    Right.WORKER: "负责的员工",
    Right.HELPER: "协助的员工",
    Right.SYSTEM: "系统",
}
"""Who somebody is to a case, whatever the role."""
_SAMPLE_YEAR = 2026
"""Its holidays are published; on which days a job falls is read off this year."""


def jobs() -> str:
    """Name, when, how long a missed run is made up, and what it does."""
    rows = (
        [code(job.name), f"{_days(job)} {job.hour}:{job.minute:02}", f"{job.catch_up.days} 天", job.about]
        for job in sorted(JOBS, key=lambda job: job.name)
    )
    return table(["任务", "什么时候", "补做期限", "做什么"], rows)


def workflows() -> str:
    """One diagram per kind of case with who may make which move, and the diagram of suspensions."""
    parts = [f"### {each.label}\n\n```mermaid\n{mermaid(each)}```\n\n{moves(each)}" for each in WORKFLOWS]
    return "\n\n".join([*parts, f"### 暂停服务\n\n```mermaid\n{suspension_mermaid()}```"])


def moves(workflow: Workflow) -> str:
    """Every word, from where to where it leads, and who may say it."""
    rows = (
        [
            move.word,
            "、".join(workflow.state(source).label for source in move.sources),
            workflow.state(move.target).label if move.target else "不变",
            "、".join(_movers(move)),
        ]
        for move in workflow.moves
    )
    return table(["一步", "从", "到", "谁可以"], rows)


def _movers(move: Move) -> Iterator[str]:
    """People by what they are to the case, then the roles that carry the permission."""
    for right in move.by:
        if right in PEOPLE:
            yield PEOPLE[right]
    held = [right.value for right in move.by if right not in PEOPLE]
    yield from (role for role, may in config().roles.items() if may & set(held))


def import_sheets() -> str:
    """One table per sheet, in the order in which sheets build on each other."""
    return "\n\n".join(f"### {sheet.name}\n\n{_columns(sheet.columns)}" for sheet in SHEETS)


def metrics() -> str:
    """What /metrics counts."""
    found = [each for each in vars(bot.metrics).values() if isinstance(each, Counter | Gauge | Histogram)]
    rows = []
    for each in found:
        family = next(iter(each.describe()))
        name = f"{family.name}_total" if isinstance(each, Counter) else family.name
        rows.append([code(name), "、".join(code(label) for label in each._labelnames), family.documentation])
    return table(["指标", "标签", "含义"], rows)


def command_line() -> str:
    """Every command with its options."""
    root = typer.main.get_command(app)
    rows = (
        [code(f"python -m bot {path}"), _options(command), _about(command)] for path, command in leaves(root)
    )
    return table(["命令", "参数", "作用"], rows)


def leaves(command: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every command that does something, with the words that lead to it."""
    parts = getattr(command, "commands", None)
    if parts is None:
        yield path, command
        return
    for name, below in parts.items():
        yield from leaves(below, f"{path} {name}".strip())


def _days(job: Job) -> str:
    """On which days of the month, as the year shows it."""
    rules, calendar = config().rules(), config().working_calendar()
    first = date(_SAMPLE_YEAR, 1, 1)
    year = [first + timedelta(days=i) for i in range(365)]
    due = [day for day in year if job.when(day, rules, calendar)]
    if len(due) == len(year):
        return "每天"
    by_month = [[day.day for day in due if day.month == month] for month in range(1, 13)]
    if all(days == by_month[0] for days in by_month):
        return f"每月 {'、'.join(str(day) for day in by_month[0])} 日"
    if all(len(days) == 1 for days in by_month):
        days = [days[0] for days in by_month]
        return f"每月一次，{min(days)}～{max(days)} 日，随工作日历"
    return f"{_SAMPLE_YEAR} 年共 {len(due)} 天，随工作日历"


def _columns(columns: tuple[Column, ...]) -> str:
    rows = ([each.name, "是" if each.required else "", "、".join(each.aliases)] for each in columns)
    return table(["列", "必须有这一列", "表头也可以写成"], rows)


def _options(command: Any) -> str:
    shown = []
    for parameter in command.params:
        if parameter.param_type_name == "option":
            shown.append(code(parameter.opts[0]))
        else:
            shown.append(code(str(parameter.name).upper()))
    return " ".join(shown)


def _about(command: Any) -> str:
    return (command.help or "").strip().splitlines()[0]
