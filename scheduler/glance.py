"""One look at all that may wait for the loops: an idle second costs one statement instead of a dozen transactions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.base import UtcDateTime
from models.cases.overdue import running_out
from models.closing.sealing import to_seal
from models.messages.inbox import ready
from models.messages.outbox import free
from models.privacy.doomed import ripe
from scheduler.fees import unfinished


@dataclass(frozen=True, slots=True)
class Glance:
    """What there may be to do now. True may turn out to be nothing (somebody else is at it), False never is wrong."""

    inbox: bool
    outbox: bool
    deadlines: bool
    runs: bool
    archive: bool
    files: bool


_NOW = bindparam("now", type_=UtcDateTime)
_LOOK = select(
    exists().where(ready(_NOW)).label("inbox"),
    exists().where(free(_NOW)).label("outbox"),
    exists().where(running_out(_NOW)).label("deadlines"),
    exists().where(unfinished()).label("runs"),
    exists().where(to_seal(_NOW)).label("archive"),
    exists().where(ripe(_NOW)).label("files"),
)


async def glance(session: AsyncSession, now: datetime) -> Glance:
    """What waits at that instant."""
    row = (await session.execute(_LOOK, {"now": now})).one()
    return Glance(*map(bool, row))
