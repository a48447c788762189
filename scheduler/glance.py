"""One look at all that may wait for the loops: an idle second costs one statement instead of a dozen transactions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, select

from models.base import UtcDateTime
from models.cases.overdue import next_running_out, running_out
from models.closing.sealing import to_seal
from models.database import Database
from models.messages.claiming import free, next_due
from models.messages.inbox import next_retry, ready
from models.prepared import Prepared
from models.privacy.doomed import ripe
from models.suspension.suspension import live, next_look
from scheduler.announcements import next_announcement, to_announce
from scheduler.fees import unfinished


@dataclass(frozen=True, slots=True)
class Glance:
    """What there may be to do now. True may turn out to be nothing (somebody else is at it), False never is wrong.

    next_at: the next instant after now at which rows want something; None when none does.
    """

    inbox: bool
    outbox: bool
    deadlines: bool
    runs: bool
    archive: bool
    files: bool
    suspensions: bool
    announcements: bool
    next_at: datetime | None


_NAMES = tuple(name for name in Glance.__slots__ if name != "next_at")
_NOW = bindparam("now", type_=UtcDateTime)
_WAITING = (
    exists().where(ready(_NOW)),
    exists().where(free(_NOW)),
    exists().where(running_out(_NOW)),
    exists().where(unfinished()),
    exists().where(to_seal(_NOW)),
    exists().where(ripe(_NOW)),
    exists().where(live()),
    exists().where(to_announce(_NOW)),
)
_LATER = (next_retry(_NOW), *next_due(_NOW), next_running_out(_NOW), next_look(_NOW), next_announcement(_NOW))
_LOOK = Prepared(select(*_WAITING, *_LATER))


async def glance(db: Database, now: datetime) -> Glance:
    """What waits at that instant."""
    row = await db.look(_LOOK, {"now": now})
    waits = dict(zip(_NAMES, map(bool, row[: len(_WAITING)]), strict=True))
    next_at = min((instant for instant in row[len(_WAITING) :] if instant), default=None)
    return Glance(**waits, next_at=next_at)
