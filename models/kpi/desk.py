"""How a month at the desk went: targets met in time, with every miss, and the repairs by category, worker, building.

A case belongs to the month in which it was reported [practice: the manual has only the titles; domain §12].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import fmean

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.cases.case import Case, CaseEvent, Deadline
from models.cases.lateness import lates_of
from models.clock import local, local_date
from models.closing.span import Span
from models.kpi.measure import Kpi, Measure, Miss
from models.kpi.reason import explained
from models.people.staff import names_by_id
from models.people.unit import Unit
from models.rules import Rules

CLOCKS: dict[Kpi, tuple[str, str, str]] = {
    Kpi.ACCEPT: ("repair", "accept", "报修接单及时率"),
    Kpi.ARRIVE: ("repair", "arrive", "报修到场及时率"),
    Kpi.FINISH: ("repair", "finish", "报修完工及时率"),
    Kpi.TAKE_ON: ("complaint", "accept", "投诉受理及时率"),
    Kpi.ANSWER: ("complaint", "answer", "投诉答复及时率"),
    Kpi.REPLY: ("inquiry", "answer", "咨询回复及时率"),
}
"""Workflow, clock and name of each."""


class By(StrEnum):
    """What repairs are told apart by."""

    CATEGORY = "类别"
    WORKER = "师傅"
    BUILDING = "楼栋"


@dataclass(frozen=True, slots=True)
class Timed:
    """A case with its target times of level 0."""

    case: Case
    deadlines: Sequence[Deadline]

    def ran(self, kind: str) -> list[Deadline]:
        """The clocks of that kind that came to an end, good or bad."""
        return [row for row in self.deadlines if row.kind == kind and (row.met_at or row.fired_at)]

    @property
    def hours(self) -> float | None:
        """From the report to the last time it was finished; None while it never was."""
        ends = [row.met_at for row in self.deadlines if row.kind == "finish" and row.met_at]
        return (max(ends) - self.case.created_at).total_seconds() / 3600 if ends else None


@dataclass(frozen=True, slots=True)
class Group:
    """Repairs of one category, worker or building. in_time, ended: finished in time, of those whose clock has ended."""

    name: str
    count: int
    in_time: int
    ended: int
    hours: float | None
    rating: float | None


@dataclass(frozen=True, slots=True)
class DeskMonth:
    """The month's figures. open_count: repairs still to be done; rated: how many were rated; reopened: how often."""

    month: Month
    counts: dict[str, int]
    open_count: int
    reopened: int
    rated: int
    rating: float | None
    hours: float | None
    measures: tuple[Measure, ...]
    groups: dict[By, tuple[Group, ...]]
    as_of: datetime


async def desk_measure(session: AsyncSession, kpi: Kpi, month: Month, now: datetime, rules: Rules) -> Measure:
    """One target of the desk."""
    return _measure(kpi, month, await _timed(session, month, CLOCKS[kpi][0]), now, rules)


async def desk_month(session: AsyncSession, month: Month, now: datetime, rules: Rules) -> DeskMonth:
    """Everything about the month."""
    timed = {flow: await _timed(session, month, flow) for flow in ("repair", "complaint", "inquiry")}
    # What was merged into another order was worked on there; its reporter's stars count all the same.
    repairs = [
        each
        for each in timed["repair"]
        if each.case.merged_into_id is None and each.case.state != "cancelled"
    ]
    ids = [each.case.id for each in repairs]
    reopened = await session.scalar(
        select(func.count(CaseEvent.id)).where(CaseEvent.case_id.in_(ids), CaseEvent.move == "重开")
    )
    ratings = [each.case.rating for each in timed["repair"] if each.case.rating]
    return DeskMonth(
        month=month,
        counts={flow: len(cases) for flow, cases in timed.items()},
        open_count=sum(each.hours is None and each.case.closed_at is None for each in repairs),
        reopened=reopened or 0,
        rated=len(ratings),
        rating=_mean(ratings),
        hours=_mean([each.hours for each in repairs]),
        measures=tuple(
            [
                await explained(session, _measure(kpi, month, timed[flow], now, rules))
                for kpi, (flow, _, _) in CLOCKS.items()
            ]
        ),
        groups=await _groups(session, repairs),
        as_of=now,
    )


async def _timed(session: AsyncSession, month: Month, workflow: str) -> list[Timed]:
    mine = select(Case.id).where(Case.workflow == workflow, Span.of(month).holds(Case.created_at))
    cases = await session.scalars(select(Case).where(Case.id.in_(mine)).order_by(Case.id))
    rows: dict[int, list[Deadline]] = {}
    clocks = select(Deadline).where(Deadline.case_id.in_(mine), Deadline.level == 0).order_by(Deadline.id)
    for row in await session.scalars(clocks):
        rows.setdefault(row.case_id, []).append(row)
    return [Timed(case, rows.get(case.id, [])) for case in cases]


def _measure(kpi: Kpi, month: Month, timed: Sequence[Timed], now: datetime, rules: Rules) -> Measure:
    _, kind, name = CLOCKS[kpi]
    ended = [row for each in timed for row in each.ran(kind)]
    misses = [miss for each in timed for miss in _misses(each, kind)]
    return Measure(
        kpi,
        name,
        month,
        len(ended) - len(misses),
        len(ended),
        rules.kpi.desk_on_time_least,
        "时限内办到的 ÷ 已到结果的（暂停的时间不算）",
        misses,
        open_note=f"截至 {local_date(now):%m-%d}" if local_date(now) <= month.last_day else "",
    )


def _misses(each: Timed, kind: str) -> list[Miss]:
    wanted = {row.id for row in each.ran(kind)}
    case = each.case
    return [
        Miss(
            late.item,
            f"{case.category} {case.place}".strip(),
            f"应在 {local(late.due_at):%m-%d %H:%M} 前{late.label}，{late.late_text}",
        )
        for late in lates_of(case, each.deadlines)
        if late.deadline_id in wanted
    ]


async def _groups(session: AsyncSession, repairs: Sequence[Timed]) -> dict[By, tuple[Group, ...]]:
    names = await names_by_id(session)
    units = {unit.id: unit.building for unit in await session.scalars(select(Unit))}
    by: dict[By, Callable[[Case], str]] = {
        By.CATEGORY: lambda case: case.category,
        By.WORKER: lambda case: names[case.worker_id] if case.worker_id else "未派",
        By.BUILDING: lambda case: f"{units[case.unit_id]} 座" if case.unit_id else "公共区域",
    }
    return {key: _grouped(repairs, name_of) for key, name_of in by.items()}


def _grouped(repairs: Sequence[Timed], name_of: Callable[[Case], str]) -> tuple[Group, ...]:
    """The largest first."""
    found: dict[str, list[Timed]] = {}
    for each in repairs:
        found.setdefault(name_of(each.case), []).append(each)
    groups = [_group(name, members) for name, members in found.items()]
    return tuple(sorted(groups, key=lambda group: (-group.count, group.name)))


def _group(name: str, members: Sequence[Timed]) -> Group:
    ended = [row for each in members for row in each.ran("finish")]
    return Group(
        name=name,
        count=len(members),
        in_time=sum(row.fired_at is None for row in ended),
        ended=len(ended),
        hours=_mean([each.hours for each in members]),
        rating=_mean([each.case.rating for each in members]),
    )


def _mean(values: Sequence[float | int | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
