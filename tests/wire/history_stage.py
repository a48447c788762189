"""Where histories play: one database for all of them, emptied before each. What is only looked at costs no session."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from models.database import Database
from models.notices.notice import Notice
from models.people.identity import Identity
from models.people.tenant import Contact
from tests.store.fee_park import MARCH, day
from tests.store.letters import contact, open_letters

CHAT, BOTH, PHONE = "wmchat", "wmboth", ""
LETTERS = 6
"""To each person."""
_EMPTY = (
    "DELETE FROM delivery_report", "DELETE FROM receipt", "DELETE FROM delivery_step", "DELETE FROM outbox",
    "DELETE FROM kf_window", "DELETE FROM send_count", "DELETE FROM send_pause", "DELETE FROM card",
    "UPDATE contact SET mobile_dead_at = NULL", "UPDATE identity SET stale_at = NULL",
    "UPDATE staff SET stale_at = NULL",
)  # fmt: skip
_DUE = "CASE status WHEN 'due' THEN due_at ELSE lease_until END"
_OPEN = "FROM outbox WHERE status IN ('due', 'leased')"


@dataclass(frozen=True)
class Person:
    """A contact with letters. account: "" without a chat."""

    id: int
    account: str
    letters: tuple[str, ...]


class Stage:
    """The database, and the people in it."""

    def __init__(self, db: Database, file: Path, people: list[Person]) -> None:
        self.db = db
        self.people = people
        self._raw = sqlite3.connect(file, isolation_level=None)
        self._raw.execute("PRAGMA synchronous=OFF")

    def empty(self) -> None:
        """As before the first history."""
        self._raw.execute("BEGIN IMMEDIATE")
        for statement in _EMPTY:
            self._raw.execute(statement)
        self._raw.execute("COMMIT")

    def is_due(self, now: datetime) -> bool:
        """Whether something may be sent now."""
        return bool(self._raw.execute(f"SELECT 1 {_OPEN} AND {_DUE} <= ? LIMIT 1", (_text(now),)).fetchone())

    def next_due(self, now: datetime) -> datetime | None:
        """When the next may be sent."""
        (found,) = self._raw.execute(f"SELECT min({_DUE}) {_OPEN} AND {_DUE} > ?", (_text(now),)).fetchone()
        return datetime.fromisoformat(found).replace(tzinfo=UTC) if found else None

    def rows(self, sql: str) -> list[Any]:
        """What a statement finds."""
        return self._raw.execute(sql).fetchall()

    async def close(self) -> None:
        """For good."""
        self._raw.close()
        await self.db.close()


def _text(instant: datetime) -> str:
    """As SQLite keeps it (models.base.UtcDateTime)."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


async def open_stage(folder: Path) -> Stage:
    """Three tenants with letters: one by chat only, one by chat and SMS, one by SMS only."""
    file = folder / "histories.sqlite"
    db = Database(f"sqlite+aiosqlite:///{file}", durable=False)
    await db.create_all()
    park = await open_letters(db)
    for n, (name, account) in enumerate((("甲", CHAT), ("乙", BOTH), ("丙", PHONE)), 1):
        await park.lets(name, f"A-120{n}")
        mobile = "" if account == CHAT else f"1380001000{n}"
        await contact(park, name, f"{name}某", mobile=mobile, account=account)
    await park.issue(MARCH, day(3, 26))
    _copy_letters(file)
    async with db.read() as session:
        rows = await session.execute(select(Identity.contact_id, Identity.account))
        accounts = {number: account for number, account in rows}
        letters: dict[int, list[str]] = {}
        for notice in await session.scalars(select(Notice).order_by(Notice.id)):
            letters.setdefault(notice.tenant_id, []).append(notice.subject)
        people = [
            Person(each.id, accounts.get(each.id, ""), tuple(letters[each.tenant_id]))
            for each in await session.scalars(select(Contact).order_by(Contact.id))
        ]
    return Stage(db, file, people)


def _copy_letters(file: Path) -> None:
    """More of each, under names of their own."""
    own = {
        "id": "NULL", "number": "number || '-' || :n", "revision": "revision + :n", "token": "token || :n",
        "short_code": "short_code || :n",
    }  # fmt: skip
    names = [column.name for column in Notice.__table__.columns]
    values = ", ".join(own.get(name, name) for name in names)
    raw = sqlite3.connect(file)
    with raw:
        for n in range(1, LETTERS):
            columns = ", ".join(names)
            copies = f"INSERT INTO notice ({columns}) SELECT {values} FROM notice WHERE revision = 1"  # noqa: S608 - our own names
            raw.execute(copies, {"n": n})
    raw.close()
