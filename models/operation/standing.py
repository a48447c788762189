"""What waits, and how long already: one look that every process answers alike, for it is about the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, bindparam, func, select

from models.audit.entry import AuditEntry
from models.base import UtcDateTime
from models.cases.case import Deadline
from models.database import Database
from models.job_run import JobRun, RunStatus
from models.messages.inbox import FAILED, WAITS, InboxMessage
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.prepared import Prepared

_DAY = timedelta(days=1)
_NOW = bindparam("now", type_=UtcDateTime)
_SINCE = bindparam("since", type_=UtcDateTime)


@dataclass(frozen=True, slots=True)
class Standing:
    """Numbers of rows, and ages in seconds; 0 where nothing waits.

    inbox, inbox_oldest_s: messages not handled yet. inbox_failed: set aside until the operator puts them back.
    outbox, outbox_oldest_s: due now, or left behind by a process that died. outbox_closed: wait for a chat to open.
    outbox_unknown: nobody knows whether they arrived. deadlines: target times missed and still not met.
    jobs_late_s: age of the oldest run begun and not ended well. jobs_failed: of the last day.
    backup_age_s: since the last backup was made, None when there never was one.
    """

    inbox: int
    inbox_oldest_s: float
    inbox_failed: int
    outbox: int
    outbox_oldest_s: float
    outbox_closed: int
    outbox_unknown: int
    deadlines: int
    jobs_late_s: float
    jobs_failed: int
    backup_age_s: float | None


def _count(table: type[Any], *conditions: Any) -> ScalarSelect[Any]:
    return select(func.count()).select_from(table).where(*conditions).scalar_subquery()


def _oldest(column: Any, *conditions: Any) -> ScalarSelect[Any]:
    return select(func.min(column)).where(*conditions).scalar_subquery()


_DUE = (
    OutboxMessage.status.in_([OutboxStatus.DUE, OutboxStatus.LEASED]),
    OutboxMessage.due_at <= _NOW,
    (OutboxMessage.lease_until.is_(None)) | (OutboxMessage.lease_until <= _NOW),
)
_MISSED = (
    Deadline.due_at <= _NOW,
    Deadline.level == 0,
    Deadline.met_at.is_(None),
    Deadline.dropped_at.is_(None),
    Deadline.left_s.is_(None),
)
_BEGUN = JobRun.status.in_([RunStatus.RUNNING, RunStatus.FAILED])
_LOOK = Prepared(
    select(
        _count(InboxMessage, WAITS),
        _oldest(InboxMessage.received_at, WAITS),
        _count(InboxMessage, FAILED),
        _count(OutboxMessage, *_DUE),
        _oldest(OutboxMessage.due_at, *_DUE),
        _count(OutboxMessage, OutboxMessage.status == OutboxStatus.WAITING),
        _count(OutboxMessage, OutboxMessage.status == OutboxStatus.UNKNOWN),
        _count(Deadline, *_MISSED),
        _oldest(JobRun.scheduled_for, _BEGUN),
        _count(JobRun, JobRun.status == RunStatus.FAILED, JobRun.scheduled_for > _SINCE),
        select(func.max(AuditEntry.at)).where(AuditEntry.action == "backup.make").scalar_subquery(),
    )
)


async def standing(db: Database, now: datetime) -> Standing:
    """How things stand at that instant."""
    row = await db.look(_LOOK, {"now": now, "since": now - _DAY})

    def age(instant: datetime | None) -> float:
        return max(0.0, (now - instant).total_seconds()) if instant else 0.0

    new, oldest, failed, due, due_since, closed, unknown, missed, late_since, jobs, backup = tuple(row)
    return Standing(
        new, age(oldest), failed, due, age(due_since), closed, unknown, missed, age(late_since), jobs,
        age(backup) if backup else None,
    )  # fmt: skip
