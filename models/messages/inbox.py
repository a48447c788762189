"""Messages that arrived. A row is committed before the platform gets its 200; what it causes happens afterwards.

Invariant: (channel, key) is unique, so a message delivered three times is one message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Index,
    ScalarSelect,
    Select,
    UniqueConstraint,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models import json_text
from models.base import Base, UtcDateTime
from models.database import Database, insert_new
from models.messages.inbound import Inbound, Kind
from models.messages.storable import storable
from models.prepared import Prepared
from models.rare import only, stands
from models.shortcut import ask


class InboxStatus(StrEnum):
    """new → done | failed; failed → new by the operator."""

    NEW = "new"
    DONE = "done"
    FAILED = "failed"


class InboxMessage(Base):
    """One message or event as it came, with what became of it. `retry_at`: not before this instant.

    erased_at: since when its content is gone (models.privacy).
    rank: 0 for what has a time limit of seconds (a chat just opened), 1 for the rest.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "key"),
        Index("ix_inbox_waiting", "rank", "id", **only("status", "new")),
        Index("ix_inbox_waiting_sender", "channel", "sender", "id", **only("status", "new")),
        Index("ix_inbox_failed", "id", **only("status", "failed")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    key: Mapped[str]
    sender: Mapped[str]
    payload: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    status: Mapped[InboxStatus] = mapped_column(default=InboxStatus.NEW)
    rank: Mapped[int] = mapped_column(default=1)
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    handled_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    @property
    def message(self) -> Inbound:
        """What arrived."""
        return _message(self.payload)


def _message(payload: dict[str, Any]) -> Inbound:
    sent_at = datetime.fromisoformat(payload["sent_at"]).astimezone(UTC)
    return Inbound(**{**payload, "kind": Kind(payload["kind"]), "sent_at": sent_at})


def _rank(message: Inbound) -> int:
    return 0 if message.action == "enter_session" else 1


def _payload(message: Inbound) -> dict[str, Any]:
    # Field by field: dataclasses.asdict copies deeply, at ten times the cost.
    payload = {name: getattr(message, name) for name in Inbound.__slots__}
    payload["sent_at"] = message.sent_at.isoformat()
    cleansed: dict[str, Any] = storable(payload)
    return cleansed


def _row(message: Inbound, now: datetime) -> dict[str, Any]:
    return {
        "channel": message.channel,
        "key": storable(message.key),
        "sender": storable(message.sender),
        "payload": _payload(message),
        "received_at": now,
        "status": InboxStatus.NEW,
        "rank": _rank(message),
        "attempts": 0,
        "error": "",
    }


async def store(session: AsyncSession, messages: Sequence[Inbound], now: datetime) -> list[int]:
    """Keeps the messages that are new; their row ids."""
    return await insert_new(session, InboxMessage, [_row(message, now) for message in messages])


_COLUMNS = "channel, key, sender, payload, received_at, status, rank, attempts, error"
_STORE_SQLITE = f"""
INSERT INTO inbox ({_COLUMNS})
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
       json_extract(value, '$[4]'), ?2, 'new', json_extract(value, '$[3]'), 0, ''
FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING
"""  # noqa: S608 - the columns are the constant above
_STORE_POSTGRESQL = f"""
INSERT INTO inbox ({_COLUMNS})
SELECT value->>0, value->>1, value->>2, value->4, $2, 'new', (value->>3)::int, 0, ''
FROM json_array_elements($1::text::json) ON CONFLICT DO NOTHING
"""  # noqa: S608 - as above


async def store_alone(db: Database, messages: Sequence[Inbound], now: datetime) -> int:
    """Keeps the messages that are new, in a transaction of their own, committed on return; how many were new.

    The same rows as `store`, for the way that callbacks take: the whole batch is one statement with one JSON text.
    """
    rows = [
        [each.channel, storable(each.key), storable(each.sender), _rank(each), _payload(each)]
        for each in messages
    ]
    statement = _STORE_SQLITE if db.is_sqlite else _STORE_POSTGRESQL
    return await db.execute_alone(statement, json_text.written(rows), _received_at(db, now))


def _received_at(db: Database, now: datetime) -> Any:
    """The instant as that database keeps it in the column."""
    bind = InboxMessage.__table__.c.received_at.type.bind_processor(db.engine.dialect)
    return bind(now) if bind else now


WAITS = stands(InboxMessage.status, "new")
FAILED = stands(InboxMessage.status, "failed")
_EARLIER = aliased(InboxMessage)
_BLOCKED = exists().where(
    _EARLIER.channel == InboxMessage.channel,
    _EARLIER.sender == InboxMessage.sender,
    stands(_EARLIER.status, "new"),
    _EARLIER.id < InboxMessage.id,
)


def ready(now: BindParameter[datetime]) -> ColumnElement[bool]:
    """Messages to be handled now, whoever's turn it is."""
    return and_(WAITS, or_(InboxMessage.retry_at.is_(None), InboxMessage.retry_at <= now))


@dataclass(frozen=True, slots=True)
class Taken:
    """A message in our hands. attempts: how often it was tried in vain."""

    id: int
    attempts: int
    message: Inbound


def _taking(blocked: ColumnElement[bool]) -> Select[tuple[int, int, dict[str, Any]]]:
    return (
        select(InboxMessage.id, InboxMessage.attempts, InboxMessage.payload)
        .where(ready(_NOW), ~blocked)
        .order_by(InboxMessage.rank, InboxMessage.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )


_NOW = bindparam("now", type_=UtcDateTime)
_TAKE_FIRST = _taking(_BLOCKED)
_TAKE_ALL = _taking(_BLOCKED.where(or_(_EARLIER.retry_at > _NOW, _EARLIER.rank > InboxMessage.rank)))


async def take(session: AsyncSession, now: datetime, most: int, *, alone: bool) -> list[Taken]:
    """The oldest messages that may be handled now, in their order, locked for this transaction.

    A sender's later message waits for the earlier one. alone: nobody else is at work on any, so that it may follow in
    the same transaction; else there is one of each sender.
    """
    rows = await session.execute(_TAKE_ALL if alone else _TAKE_FIRST, {"now": now, "most": most})
    return [Taken(number, attempts, _message(payload)) for number, attempts, payload in rows]


_DONE = Prepared(
    update(InboxMessage.__table__)  # type: ignore[arg-type]  # declarative classes map plain tables here
    .where(InboxMessage.__table__.c.id == bindparam("which"))
    .values(status=InboxStatus.DONE, handled_at=bindparam("at"), error=bindparam("why"))
)


async def done(session: AsyncSession, taken: Taken, now: datetime, why: str = "") -> None:
    """It has been dealt with; `why` it got no answer of ours."""
    await ask(session, _DONE, {"which": taken.id, "at": now, "why": why})


def next_retry(now: BindParameter[datetime]) -> ScalarSelect[Any]:
    """When the next message that could not be handled is tried again, after `now`."""
    later = select(func.min(InboxMessage.retry_at)).where(WAITS, InboxMessage.retry_at > now)
    return later.scalar_subquery()


async def waiting(session: AsyncSession) -> int:
    """How many messages are not handled yet."""
    total = select(func.count()).select_from(InboxMessage).where(WAITS)
    return await session.scalar(total) or 0


async def retry_failed(session: AsyncSession, ids: Sequence[int] = ()) -> int:
    """Puts failed messages back in the queue, all of them without `ids`; how many."""
    statement = update(InboxMessage).where(FAILED)
    if ids:
        statement = statement.where(InboxMessage.id.in_(ids))
    reset = statement.values(status=InboxStatus.NEW, attempts=0, retry_at=None, error="")
    return len((await session.execute(reset.returning(InboxMessage.id))).all())


async def last_received(session: AsyncSession, channel: str) -> datetime | None:
    """When the newest message of the channel came; None when there never was one."""
    newest = select(InboxMessage.received_at).where(InboxMessage.channel == channel)
    found: datetime | None = await session.scalar(newest.order_by(InboxMessage.id.desc()).limit(1))
    return found


async def drop(session: AsyncSession, channel: str, keys: Sequence[str], why: str) -> None:
    """Messages that are not to be handled any more, as far as that has not happened yet."""
    if keys:
        await session.execute(
            update(InboxMessage)
            .where(InboxMessage.channel == channel, InboxMessage.key.in_(keys))
            .where(WAITS)
            .values(status=InboxStatus.DONE, error=why)
            .execution_options(synchronize_session=False)
        )
