"""Scheduled jobs as data: when each is due, and what it is given. Which times are due is pure arithmetic."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.working_days import Calendar
from models.clock import at_local, local_date
from models.prepared import RunsAlone
from models.rules import Rules


class UnitsOfWork(RunsAlone, Protocol):
    """Opens transactions; models.database.Database is one."""

    def begin(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A unit of work, committed at its end."""


@dataclass(frozen=True, slots=True)
class JobCtx:
    """What a job is given. It opens its own short transactions, ≤ 50 items each, every item idempotent by its key.

    scheduled_for: the instant the run belongs to; `now` may be later, after downtime.
    """

    units: UnitsOfWork
    scheduled_for: datetime
    now: datetime
    rules: Rules
    calendar: Calendar

    @property
    def day(self) -> date:
        """The park's date the run belongs to."""
        return local_date(self.scheduled_for)


JobFunction = Callable[[JobCtx], Awaitable[str]]
DayRule = Callable[[date, Rules, Calendar], bool]


@dataclass(frozen=True, slots=True)
class Job:
    """One job. `when` says on which days; `hour`:`minute` is the park's time; odd minutes spare WeCom's busy ones.

    catch_up: a run missed by more than this is not made up; a person is told instead.
    latest_only: it says how things stand, so of several missed runs only the last is made up.
    """

    name: str
    about: str
    when: DayRule
    hour: int
    minute: int
    catch_up: timedelta
    function: JobFunction
    latest_only: bool = False


class JobTable:
    """The jobs of one subject, filled by the decorator."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def job(
        self,
        name: str,
        *,
        about: str,
        when: DayRule,
        hour: int,
        minute: int,
        catch_up_days: int,
        latest_only: bool = False,
    ) -> Callable[[JobFunction], JobFunction]:
        """Registers the function below as a job; it returns one line on what it did."""

        def add(function: JobFunction) -> JobFunction:
            catch_up = timedelta(days=catch_up_days)
            self.jobs.append(Job(name, about, when, hour, minute, catch_up, function, latest_only))
            return function

        return add


def every_day(_day: date, _rules: Rules, _calendar: Calendar) -> bool:
    """Each day."""
    return True


def fire_times(
    job: Job, since: datetime, until: datetime, rules: Rules, calendar: Calendar
) -> list[datetime]:
    """The instants after `since` and up to `until` at which the job is due, in order."""
    day, last, found = local_date(since), local_date(until), []
    while day <= last:
        instant = at_local(day, job.hour, job.minute)
        if since < instant <= until and job.when(day, rules, calendar):
            found.append(instant)
        day += timedelta(days=1)
    return found


def next_fire(
    job: Job, after: datetime, rules: Rules, calendar: Calendar, within_days: int = 70
) -> datetime | None:
    """The first instant after `after` at which the job is due; None when there is none within `within_days`."""
    day = local_date(after)
    for _ in range(within_days):
        instant = at_local(day, job.hour, job.minute)
        if instant > after and job.when(day, rules, calendar):
            return instant
        day += timedelta(days=1)
    return None
