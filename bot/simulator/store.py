"""Keeps what the simulator knows in one SQLite file, written through, so that phones show the past after a restart.

Three shapes suffice: numbered lists (a phone, the KF log), things by key, and bytes. The file is a toy's memory:
no fsync, and calls block for microseconds.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from bot.simulator.answers import Json

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (list TEXT, n INTEGER, body TEXT NOT NULL, PRIMARY KEY (list, n)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS thing (kind TEXT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blob (id TEXT PRIMARY KEY, body BLOB NOT NULL);
"""


class Store:
    """The only place that touches the file; without a path it lives in memory."""

    def __init__(self, path: Path | None) -> None:
        self._database = sqlite3.connect(":memory:" if path is None else path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.executescript(_SCHEMA)

    def close(self) -> None:
        """Releases the file."""
        self._database.close()

    def append(self, name: str, body: Json) -> int:
        """Adds to the end of a list; returns the number, from 1."""
        n = self.last(name) + 1
        self._database.execute("INSERT INTO entry VALUES (?, ?, ?)", (name, n, _dump(body)))
        return n

    def last(self, name: str) -> int:
        """Number of the last entry, 0 for an empty list."""
        row = self._database.execute("SELECT max(n) FROM entry WHERE list = ?", (name,)).fetchone()
        return int(row[0] or 0)

    def rewrite(self, name: str, n: int, body: Json) -> None:
        """Replaces one entry."""
        self._database.execute("UPDATE entry SET body = ? WHERE list = ? AND n = ?", (_dump(body), name, n))

    def entries(self, name: str, after: int = 0, limit: int = -1) -> list[tuple[int, Json]]:
        """Entries numbered above `after`, in order; all of them when `limit` is negative."""
        rows = self._database.execute(
            "SELECT n, body FROM entry WHERE list = ? AND n > ? ORDER BY n LIMIT ?", (name, after, limit)
        )
        return [(n, json.loads(body)) for n, body in rows]

    def entry(self, name: str, n: int) -> Json | None:
        """One entry."""
        found = self.entries(name, n - 1, 1)
        return found[0][1] if found and found[0][0] == n else None

    def put(self, kind: str, key: str, body: Json) -> None:
        """Keeps a thing under its key, replacing an earlier one."""
        self._database.execute("INSERT OR REPLACE INTO thing VALUES (?, ?, ?)", (kind, key, _dump(body)))

    def get(self, kind: str, key: str) -> Json | None:
        """The thing, None when there is none."""
        row = self._database.execute(
            "SELECT body FROM thing WHERE kind = ? AND key = ?", (kind, key)
        ).fetchone()
        return json.loads(row[0]) if row else None

    def drop(self, kind: str, key: str = "") -> None:
        """Forgets one thing, or all of a kind."""
        self._database.execute("DELETE FROM thing WHERE kind = ? AND (key = ? OR ? = '')", (kind, key, key))

    def things(self, kind: str) -> list[tuple[str, Json]]:
        """All of a kind, by key."""
        rows = self._database.execute("SELECT key, body FROM thing WHERE kind = ? ORDER BY key", (kind,))
        return [(key, json.loads(body)) for key, body in rows]

    def put_bytes(self, blob_id: str, body: bytes) -> None:
        """Keeps bytes."""
        self._database.execute("INSERT OR REPLACE INTO blob VALUES (?, ?)", (blob_id, body))

    def get_bytes(self, blob_id: str) -> bytes:
        """The bytes, empty when there are none."""
        row = self._database.execute("SELECT body FROM blob WHERE id = ?", (blob_id,)).fetchone()
        return bytes(row[0]) if row else b""

    def next_number(self, name: str) -> int:
        """A counter that goes on after a restart."""
        row = self._database.execute(
            "INSERT INTO thing VALUES ('counter', ?, '1')"
            " ON CONFLICT DO UPDATE SET body = CAST(body AS INTEGER) + 1 RETURNING body",
            (name,),
        ).fetchone()
        return int(row[0])


def _dump(body: Json) -> str:
    return json.dumps(body, ensure_ascii=True, separators=(",", ":"))
