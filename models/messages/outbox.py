"""Messages to be sent. A row leaves with the transaction that wants to say it; sending happens afterwards.

Invariants: `dedupe_key` is unique, so the same thing is said once whatever runs twice; a claimed row carries a lease
and comes back by itself when its process dies; only the holder of the lease may settle it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Index,
    Table,
    Update,
    bindparam,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.clock import local
from models.database import prepare_absent
from models.messages.content import Content
from models.messages.splitting import split_bytes
from models.prepared import Prepared
from models.rare import only, stands
from models.shortcut import ask

LEASE = timedelta(seconds=60)
TEXT_BYTES = 2000
"""Longest text of one message. Both channels take 2048 (WeCom 90236, 94677); the app needs a few for itself."""


class OutboxStatus(StrEnum):
    """due → leased → sent | due again | waiting | withheld | unknown | dead."""

    DUE = "due"
    LEASED = "leased"
    SENT = "sent"
    WAITING = "waiting"  # no channel is open; goes out when the person writes again
    WITHHELD = "withheld"  # the facts have changed; `reason` says how
    UNKNOWN = "unknown"  # may or may not have arrived; the provider is asked, nothing is repeated blindly
    DEAD = "dead"  # given up; the operator is told


_STATUS_WORDS = {
    OutboxStatus.DUE: "待发送",
    OutboxStatus.LEASED: "发送中",
    OutboxStatus.SENT: "已发送",
    OutboxStatus.WAITING: "等对方发消息",
    OutboxStatus.WITHHELD: "不再发送",
    OutboxStatus.UNKNOWN: "结果不明",
    OutboxStatus.DEAD: "未能送出",
}


class Purpose(StrEnum):
    """Why we write; decides which channels will do (models.messages.delivery)."""

    REPLY = "reply"  # answers what the person just wrote
    UPDATE = "update"  # news of their case
    NOTICE = "notice"  # bills and letters: must reach somebody
    CODE = "code"  # a verification code, by SMS only
    WORK = "work"  # to a member of staff
    WELCOME = "welcome"  # within 20 s of opening the chat


class OutboxMessage(Base):
    """One message to one person.

    recipient: whose messages keep their order among themselves: "staff:<userid>", "contact:<id>" or "kf:<account>".
    account: the one chat account it must go to; "" = any that reaches the contact.
    guard: a question asked again right before sending, "name:argument" (models.messages.guards); "" = none.
    subject: what it is about, "case:<id>" or "notice:<id>".
    request: what goes over the wire, stored before the first try and sent again byte for byte.
    tried: channels that have refused this message.
    erased_at: since when its content is gone (models.privacy).
    in_doubt_since: since when a try may have arrived without our knowing; None when every try is known to have failed.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(None, "channel", "address", "settled_at"),
        Index(None, "status", "purpose", "due_at"),
        Index(None, "recipient", "status"),
        Index("ix_outbox_waiting", "account", **only("status", "waiting")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    recipient: Mapped[str]
    contact_id: Mapped[int | None]
    account: Mapped[str]
    purpose: Mapped[Purpose]
    content: Mapped[dict[str, Any]]
    guard: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    status: Mapped[OutboxStatus]
    due_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int]
    lease_until: Mapped[datetime | None]
    owner: Mapped[str]
    channel: Mapped[str]
    address: Mapped[str]
    request: Mapped[dict[str, Any] | None]
    tried: Mapped[list[str]]
    provider_id: Mapped[str] = mapped_column(index=True)
    reason: Mapped[str]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    in_doubt_since: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    @property
    def told(self) -> str:
        """Where it stands and why, in one line for the operator."""
        when = f"{local(self.settled_at):%Y-%m-%d %H:%M:%S}" if self.settled_at else "—"
        return (
            f"第 {self.id} 条，致 {self.recipient}：{_STATUS_WORDS[self.status]}，渠道 {self.channel or '—'}，"
            f"尝试 {self.attempts} 次，{when}；{self.reason or '—'}"
        )


WAITS = stands(OutboxMessage.status, "waiting")


async def enqueue(
    session: AsyncSession,
    key: str,
    content: Content,
    *,
    recipient: str,
    purpose: Purpose,
    now: datetime,
    contact_id: int | None = None,
    account: str = "",
    guard: str = "",
    subject: str = "",
    due_at: datetime | None = None,
) -> list[int]:
    """Says `content` once for ever under `key`; the new row ids, none when it was said before.

    A text too long for one message becomes several, in order. Raises ValueError for empty content.
    """
    rows = rows_of(
        key, content, recipient=recipient, purpose=purpose, now=now, contact_id=contact_id, account=account,
        guard=guard, subject=subject, due_at=due_at,
    )  # fmt: skip
    return [number for row in rows for (number,) in await ask(session, _SAY, row)]


def rows_of(
    key: str,
    content: Content,
    *,
    recipient: str,
    purpose: Purpose,
    now: datetime,
    contact_id: int | None = None,
    account: str = "",
    guard: str = "",
    subject: str = "",
    due_at: datetime | None = None,
) -> list[dict[str, Any]]:
    """The rows of one message, for whoever says many things at once."""
    parts = _parts(content)
    common: dict[str, Any] = {
        "recipient": recipient, "contact_id": contact_id, "account": account, "purpose": purpose,
        "guard": guard, "subject": subject, "status": OutboxStatus.DUE, "due_at": due_at or now, "attempts": 0,
        "owner": "", "channel": "", "address": "", "tried": [], "provider_id": "", "reason": "", "created_at": now,
    }  # fmt: skip
    return [
        {**common, "dedupe_key": key if i == 0 else f"{key}#{i + 1}", "content": part.to_json()}
        for i, part in enumerate(parts)
    ]


_GIVEN = (
    "recipient", "contact_id", "account", "purpose", "guard", "subject", "status", "due_at", "attempts", "owner",
    "channel", "address", "tried", "provider_id", "reason", "created_at", "dedupe_key", "content",
)  # fmt: skip
_SAY = prepare_absent(OutboxMessage.__table__, _GIVEN, "id")  # type: ignore[arg-type]  # as below


def _parts(content: Content) -> list[Content]:
    if not (content.text or content.file or content.sms or content.replace or content.recall):
        raise ValueError("nothing to say")
    if content.buttons or content.file or len(content.text.encode()) <= TEXT_BYTES:
        return [content]
    first, *rest = split_bytes(content.text, TEXT_BYTES)
    head = Content(text=first, title=content.title, url=content.url, sms=content.sms)
    return [head, *(Content(text=piece) for piece in rest)]


@lru_cache(maxsize=64)
def _settling(names: tuple[str, ...]) -> Update:
    return (
        update(OutboxMessage)
        .where(
            OutboxMessage.id == bindparam("which"),
            OutboxMessage.owner == bindparam("by"),
            OutboxMessage.status == OutboxStatus.LEASED,
            OutboxMessage.attempts == bindparam("tries"),
        )
        .values({name: bindparam(f"new_{name}") for name in names})
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )


async def settle(session: AsyncSession, row: OutboxMessage, now: datetime, **values: Any) -> bool:
    """Writes what became of a claimed row. False when the lease was lost meanwhile: then nothing is changed."""
    values["settled_at"] = now
    new = {f"new_{name}": value for name, value in values.items()}
    held = {"which": row.id, "by": row.owner, "tries": row.attempts}
    return await session.scalar(_settling(tuple(values)), {**held, **new}) is not None


_TABLE: Table = OutboxMessage.__table__  # type: ignore[assignment]  # declarative classes map plain tables here
_HELD = (
    select(_TABLE.c.id, _TABLE.c.attempts)
    .where(
        _TABLE.c.id.in_(bindparam("which", expanding=True)),
        _TABLE.c.owner == bindparam("by"),
        _TABLE.c.status == OutboxStatus.LEASED,
    )
    .order_by(_TABLE.c.id)
    .with_for_update()
)
_TAKEN = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("which"))
    .values(
        status=OutboxStatus.SENT, settled_at=bindparam("at"), provider_id=bindparam("known_as"),
    )
)  # fmt: skip


_TAKEN_IF_HELD = Prepared(
    _TAKEN.where(
        _TABLE.c.owner == bindparam("by"),
        _TABLE.c.status == OutboxStatus.LEASED,
        _TABLE.c.attempts == bindparam("tries"),
    ).returning(_TABLE.c.id)
)


async def settle_taken(
    session: AsyncSession, taken: Sequence[tuple[OutboxMessage, str]], now: datetime
) -> list[OutboxMessage]:
    """Like `settle`, of many that their provider took under these ids; those of which the lease was not lost."""
    rows = [row for row, _ in taken]
    if len(taken) == 1:
        return rows if await _settle_one(session, *taken[0], now) else []
    connection = await session.connection()  # a session would look for objects in what it reads and writes
    held = await connection.execute(_HELD, {"which": [row.id for row in rows], "by": rows[0].owner})
    tries = {number: attempts for number, attempts in held}
    ours = [(row, known_as) for row, known_as in taken if tries.get(row.id) == row.attempts]
    if ours:
        await connection.execute(
            _TAKEN, [{"which": row.id, "at": now, "known_as": known_as} for row, known_as in ours]
        )
    return [row for row, _ in ours]


async def _settle_one(session: AsyncSession, row: OutboxMessage, known_as: str, now: datetime) -> bool:
    """Most come alone: one statement then, which says by itself whether the lease was held."""
    values = {"which": row.id, "by": row.owner, "tries": row.attempts, "at": now, "known_as": known_as}
    return bool(await ask(session, _TAKEN_IF_HELD, values))


async def held(session: AsyncSession, row: OutboxMessage) -> OutboxMessage | None:
    """A claimed row as it is now, locked; None when the lease was lost meanwhile."""
    found: OutboxMessage | None = await session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.id == row.id, OutboxMessage.owner == row.owner)
        .where(OutboxMessage.status == OutboxStatus.LEASED, OutboxMessage.attempts == row.attempts)
        .with_for_update()
    )
    return found
