"""Killing the service between any two commits, and seeing whether it ends the same.

A step of a story is run over a copy of the database; the process "dies" just before or just after its n-th commit; a new
service starts over what is left, the platform repeats what was not answered, time passes, and the end is compared with
that of an undisturbed run.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import re
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

import models.tables
from bot.config import Config
from models.database import Database
from models.messages.outbox import OutboxMessage
from tests.fakes.platform import FakePlatform
from tests.fakes.world import Row, World, play

LATER = timedelta(minutes=11)  # longer than any lease and the wait before another try


class Killed(BaseException):
    """The process is gone: nobody catches this."""


@dataclass(frozen=True)
class Saved:
    """A database file, the phones and the clock at one moment."""

    file: Path
    platform: FakePlatform
    clock: Any
    memory: dict[str, Any]


class Killer:
    """Counts commits, and kills at one of them.

    outside: what the platform had been asked, noted at every moment; between two moments with nothing asked in between
    dying makes no difference.
    """

    def __init__(self, at: int = -1, side: str = "") -> None:
        self.at, self.side, self.seen, self.fired = at, side, 0, False
        self.requests: list[object] = []
        self.outside: dict[tuple[int, str], int] = {}

    def __call__(self, side: str) -> None:
        """Called by the database before and after each commit."""
        self.outside[self.seen, side] = len(self.requests)
        if side == "after":
            self.seen += 1
        if (
            (side == "before" and self.seen == self.at) or (side == "after" and self.seen == self.at + 1)
        ) and (side == self.side):
            self.at, self.fired = -1, True
            raise Killed


def moments(counted: Killer) -> list[tuple[int, str]]:
    """When to die: before the first commit, after each, and before each that something was asked outside ahead of."""
    found = []
    for commit in range(counted.seen):
        if commit == 0 or counted.outside[commit, "before"] != counted.outside[commit - 1, "after"]:
            found.append((commit, "before"))
        found.append((commit, "after"))
    return found


class Rehearsal:
    """Runs steps over copies of a database file."""

    def __init__(self, folder: Path, config: Config) -> None:
        self.folder, self.config, self._count = folder, config, 0
        # One engine for all runs: it remembers how statements are compiled, which costs more than running them.
        self._file = folder / "run.sqlite"
        self._db = Database(f"sqlite+aiosqlite:///{self._file}", durable=False)

    def save(self, world: World) -> Saved:
        """The present moment; nothing may be under way."""
        self._count += 1
        file = self.folder / f"saved{self._count}.sqlite"
        with (
            contextlib.closing(sqlite3.connect(str(world.db.engine.url.database))) as source,
            contextlib.closing(sqlite3.connect(file)) as copied,
        ):
            source.backup(copied)
        memory = {"pictures": dict(world.pictures), "read": dict(world.read), "count": world.count}
        return Saved(file, copy.deepcopy(world.platform), world.clock.now(), memory)

    async def load(self, saved: Saved) -> World:
        """A fresh process over a copy of that moment."""
        await self._db.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)
        shutil.copy(saved.file, self._file)
        world = World(self._db, self.config, self.folder / "files")
        world.platform.__dict__.update(copy.deepcopy(saved.platform).__dict__)
        world.clock.set(saved.clock)
        world.pictures, world.read = dict(saved.memory["pictures"]), dict(saved.memory["read"])
        world.count = saved.memory["count"]
        return world

    async def restart(self, world: World) -> World:
        """Another process over the same file, the same phones and the same time."""
        # What else the process was at dies with it.
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await world.db.close()
        world.db.commit_hook = None
        again = World(self._db, self.config, self.folder / "files")
        again.platform.__dict__.update(world.platform.__dict__)
        again.clock.set(world.clock.now())
        again.pictures, again.read, again.count = world.pictures, world.read, world.count
        return again

    async def outcome(self, saved: Saved, row: Row, killer: Killer) -> tuple[dict[str, Any], Saved]:
        """What the world looks like after a line of the story, whatever happened on the way."""
        world = await self.load(saved)
        world.db.commit_hook, killer.requests = killer, world.platform.requests
        try:
            await play(world, row)
        except Killed:
            unanswered = world.unanswered
            world = await self.restart(world)
            for message in unanswered:
                await world.engine.inbox.store(message)
            if row[0] == "clock":
                await play(world, (row[0], row[1], ""))
        world.db.commit_hook = None
        await world.advance(world.clock.now() + LATER)
        seen, end = await picture(world), self.save(world)
        await world.db.close()
        return seen, end


_VOLATILE = re.compile(
    r"(_at|_until|_since)$|^(at|hash|previous|owner|attempts|token|short_code|code|code_hash|facts|reason|receipt_sha256)$"
)
_SECRET = re.compile(r"/n/[\w-]+|[A-Za-z0-9_-]{16,}|\b(?:rc|m)\d+\b|(?:image|file)-\d+")


async def picture(world: World) -> dict[str, Any]:
    """Everything that must not depend on when the process died: rows without times and secrets, and the phones."""
    seen: dict[str, Any] = {"phones": {}}
    for who, entries in sorted(world.platform.phones.items()):
        seen["phones"][who] = [
            (e.kind, _SECRET.sub("*", e.text), sorted(e.buttons), e.state) for e in entries
        ]
    async with world.db.read() as session:
        for table in models.tables.metadata.sorted_tables:
            if table.name in ("job_run", "inbox", "conversation", "outbox", "card", "kf_cursor"):
                continue
            columns = [column for column in table.columns if not _VOLATILE.search(column.name)]
            rows = (await session.execute(select(*columns))).all()
            seen[table.name] = sorted(str(tuple(row)) for row in rows)
        outbox = await session.execute(
            select(OutboxMessage.dedupe_key, OutboxMessage.status, OutboxMessage.channel)
        )
        seen["outbox"] = sorted(tuple(map(str, row)) for row in outbox)
    return seen


def differences(seen: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """What is not as it should be, one line each."""
    found = [
        f"{name}: {seen[name]} not {expected[name]}" for name in expected if seen[name] != expected[name]
    ]
    phones, wanted = seen["phones"], expected["phones"]
    people = [who for who in sorted({*phones, *wanted}) if phones.get(who) != wanted.get(who)]
    lines = [line for line in found if not line.startswith("phones:")]
    return lines + [f"{who}: {phones.get(who)} not {wanted.get(who)}" for who in people]
