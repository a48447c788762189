"""Which scheduled runs have happened. This table is the truth; the alarm clock only wakes us."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime
from models.database import insert_absent, prepare_absent
from models.lease import is_held
from models.prepared import Prepared, RunsAlone

LEASE = timedelta(seconds=50)
"""A process that died or froze is replaced after this time; one that lives renews it while it works."""


class RunStatus(StrEnum):
    """running → done | failed (tried again) | missed (too late; a person was told)."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    MISSED = "missed"


class JobRun(Base):
    """One run. (job, scheduled_for) is the primary key: whoever inserts it first does the work."""

    __tablename__ = "job_run"

    job: Mapped[str] = mapped_column(primary_key=True)
    scheduled_for: Mapped[datetime] = mapped_column(primary_key=True)
    status: Mapped[RunStatus]
    owner: Mapped[str]
    lease_until: Mapped[datetime]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    attempts: Mapped[int]
    detail: Mapped[str] = mapped_column(default="")


class JobSince(Base):
    """From when on a job's runs are owed: the moment this service first knew of it."""

    __tablename__ = "job_since"

    job: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]


async def since(session: AsyncSession, jobs: Sequence[str], now: datetime) -> dict[str, datetime]:
    """From when on the runs of each job are owed; noted as `now` at first sight."""
    known = await _noted(session)
    if new := [job for job in jobs if job not in known]:
        await insert_absent(session, JobSince, [{"job": job, "since": now} for job in new])
        known = await _noted(session)
    return known


async def _noted(session: AsyncSession) -> dict[str, datetime]:
    rows = await session.execute(select(JobSince.job, JobSince.since))
    return {job: first for job, first in rows}


async def settled_runs(session: AsyncSession, after: datetime) -> set[tuple[str, datetime]]:
    """The runs after `after` that need no more work."""
    rows = await session.execute(
        select(JobRun.job, JobRun.scheduled_for).where(
            JobRun.scheduled_for > after, JobRun.status.in_([RunStatus.DONE, RunStatus.MISSED])
        )
    )
    return {(job, scheduled_for) for job, scheduled_for in rows}


async def claim(session: AsyncSession, job: str, scheduled_for: datetime, owner: str, now: datetime) -> bool:
    """Whether this process may do the run now; it is ours for LEASE, and longer if renewed."""
    if await insert_absent(session, JobRun, [_begun(job, scheduled_for, owner, now)]):
        return True
    row = await session.get_one(JobRun, (job, scheduled_for), with_for_update=True, populate_existing=True)
    held = row.status is RunStatus.RUNNING and row.owner != owner and is_held(row.lease_until, now, LEASE)
    if held or row.status in (RunStatus.DONE, RunStatus.MISSED):
        return False
    row.status, row.owner, row.lease_until = RunStatus.RUNNING, owner, now + LEASE
    row.attempts += 1
    await session.flush()
    return True


def _begun(job: str, scheduled_for: datetime, owner: str, now: datetime) -> dict[str, Any]:
    return {
        "job": job, "scheduled_for": scheduled_for, "status": RunStatus.RUNNING, "owner": owner,
        "lease_until": now + LEASE, "started_at": now, "attempts": 1, "detail": "",
    }  # fmt: skip


async def claim_first(units: RunsAlone, job: str, scheduled_for: datetime, owner: str, now: datetime) -> bool:
    """Whether nobody has begun the run before; then it is ours. Like `claim`, in one statement, for what mostly is so."""
    return await units.alone(_FIRST, _begun(job, scheduled_for, owner, now)) > 0


_TABLE: Table = JobRun.__table__  # type: ignore[assignment]  # declarative classes map plain tables here
_FIRST = prepare_absent(
    _TABLE,
    ("job", "scheduled_for", "status", "owner", "lease_until", "started_at", "attempts", "detail"),
)
_FINISH = (
    update(_TABLE)
    .where(_TABLE.c.job == bindparam("of"), _TABLE.c.scheduled_for == bindparam("at", type_=UtcDateTime))
    .where(_TABLE.c.owner == bindparam("by"), _TABLE.c.status == RunStatus.RUNNING)
    .values(status=bindparam("how"), detail=bindparam("said"), finished_at=bindparam("when"))
)
_FINISH_ALONE = Prepared(_FINISH)


async def renew(session: AsyncSession, job: str, scheduled_for: datetime, owner: str, now: datetime) -> bool:
    """Keeps the run for this process; False when another has taken it over meanwhile."""
    kept = await session.execute(
        update(JobRun)
        .where(JobRun.job == job, JobRun.scheduled_for == scheduled_for)
        .where(JobRun.owner == owner, JobRun.status == RunStatus.RUNNING)
        .values(lease_until=now + LEASE)
        .returning(JobRun.job)
    )
    return kept.first() is not None


async def finish(
    session: AsyncSession,
    job: str,
    scheduled_for: datetime,
    owner: str,
    status: RunStatus,
    detail: str,
    now: datetime,
) -> None:
    """Writes down how the run ended; nothing where another process has taken it over meanwhile."""
    await session.execute(_FINISH, _ended(job, scheduled_for, owner, status, detail, now))


async def finish_done(
    units: RunsAlone, job: str, scheduled_for: datetime, owner: str, detail: str, now: datetime
) -> None:
    """The same for a run that is done, in a transaction of its own."""
    await units.alone(_FINISH_ALONE, _ended(job, scheduled_for, owner, RunStatus.DONE, detail, now))


def _ended(
    job: str, scheduled_for: datetime, owner: str, status: RunStatus, detail: str, now: datetime
) -> dict[str, Any]:
    return {"of": job, "at": scheduled_for, "by": owner, "how": status, "said": detail, "when": now}
