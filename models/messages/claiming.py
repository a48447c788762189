"""Taking up messages that may be sent: oldest first, one to each person, hidden from others by a lease."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    ScalarSelect,
    Select,
    Update,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models.base import UtcDateTime
from models.messages.outbox import LEASE, OutboxMessage, OutboxStatus, Purpose

IN_THE_WAY = timedelta(minutes=10)
"""A message that has to wait longer than this is passed by later ones to the same person [practice]."""

_EARLIER = aliased(OutboxMessage)
_COLUMNS = OutboxMessage.__table__.columns
_URGENCY = {
    Purpose.WELCOME: 0,
    Purpose.CODE: 1,
    Purpose.REPLY: 2,
    Purpose.WORK: 2,
    Purpose.UPDATE: 3,
    Purpose.NOTICE: 3,
}
"""A greeting has 20 s, somebody waits for an answer; a thousand notices can let them pass."""


Instant = datetime | BindParameter[datetime]


def free(now: Instant) -> ColumnElement[bool]:
    """Rows that may be sent now, as far as they themselves go: due, or left behind by whoever had them."""
    return or_(_due(now), _left(now))


def _due(now: Instant) -> ColumnElement[bool]:
    return and_(OutboxMessage.status == OutboxStatus.DUE, OutboxMessage.due_at <= now)


def _left(now: Instant) -> ColumnElement[bool]:
    return and_(OutboxMessage.status == OutboxStatus.LEASED, OutboxMessage.lease_until <= now)


def _in_the_way(now: Instant, soon: Instant) -> ColumnElement[bool]:
    """Waiting for an earlier message keeps the order."""
    return exists().where(
        _EARLIER.recipient == OutboxMessage.recipient,
        _EARLIER.status.in_(
            [literal_column(f"'{status}'") for status in (OutboxStatus.LEASED, OutboxStatus.DUE)]
        ),
        _EARLIER.id < OutboxMessage.id,
        or_(
            _EARLIER.status == OutboxStatus.LEASED,
            _EARLIER.due_at <= now,
            # Looked at already and put off for a while: what follows keeps its place behind it.
            and_(_EARLIER.settled_at.is_not(None), _EARLIER.due_at <= soon),
        ),
    )


def _first(urgency: ColumnElement[Any], *ready: ColumnElement[bool]) -> Select[Any]:
    """The first few, looked at in the order of an index until there are enough."""
    first = (
        select(OutboxMessage.id, OutboxMessage.due_at, urgency.label("urgency"))
        .where(*ready)
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
        .subquery()
    )
    return select(first)


def _claim() -> Update:
    """However many are due, few more are looked at than are taken: each purpose has its place in the index."""
    now, soon = bindparam("now", type_=UtcDateTime), bindparam("soon", type_=UtcDateTime)
    # A greeting must not wait for anything.
    unblocked = or_(OutboxMessage.purpose == Purpose.WELCOME, ~_in_the_way(now, soon))
    each = [
        _first(literal_column(str(urgency)), _due(now), OutboxMessage.purpose == purpose, unblocked)
        for purpose, urgency in _URGENCY.items()
    ]
    left_behind = _first(literal_column("0"), _left(now), unblocked)
    first = union_all(left_behind, *each).subquery()
    chosen = select(first.c.id).order_by(first.c.urgency, first.c.due_at, first.c.id).limit(bindparam("most"))
    return (
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(chosen.scalar_subquery()))
        .values(
            status=OutboxStatus.LEASED,
            lease_until=bindparam("until"),
            owner=bindparam("by"),
            attempts=OutboxMessage.attempts + 1,
        )
        .returning(*_COLUMNS)
    )


@lru_cache(maxsize=2)
def _claiming(dialect: str) -> tuple[Executable, dict[str, Any]]:
    """Written out once, and the values that never change: even to look up how it is written costs more than to run it."""
    kind = PGDialect if dialect == "postgresql" else SQLiteDialect
    compiled = _claim().compile(dialect=kind(paramstyle="named"))
    instants = (bindparam(name, type_=UtcDateTime) for name in ("now", "soon", "until"))
    fixed = {
        name: str(value) if isinstance(value, StrEnum) else value
        for name, value in compiled.params.items()
        if value is not None
    }
    written = text(str(compiled)).bindparams(*instants).columns(*_COLUMNS)
    rows = select(OutboxMessage).from_statement(written).execution_options(populate_existing=True)
    return rows, fixed


async def claim(session: AsyncSession, owner: str, now: datetime, limit: int) -> Sequence[OutboxMessage]:
    """Takes up to `limit` rows that may be sent now, hidden from others for a minute; one per recipient, oldest first."""
    statement, fixed = _claiming(session.bind.dialect.name if session.bind else "")
    values = {"now": now, "soon": now + IN_THE_WAY, "until": now + LEASE, "by": owner, "most": limit}
    return sorted(await session.scalars(statement, fixed | values), key=lambda row: row.id)


def next_due(now: Instant) -> tuple[ScalarSelect[Any], ...]:
    """When the next rows are due, or their lease ends, after `now`."""
    due = select(func.min(OutboxMessage.due_at)).where(
        OutboxMessage.status == OutboxStatus.DUE, OutboxMessage.due_at > now
    )
    leased = select(func.min(OutboxMessage.lease_until)).where(
        OutboxMessage.status == OutboxStatus.LEASED, OutboxMessage.lease_until > now
    )
    return due.scalar_subquery(), leased.scalar_subquery()
