"""Killing the service between any two commits, and seeing whether it ends the same.

A step of a story is run over a copy of the database (tests.fakes.shelf); the process "dies" just before or just after
a commit; a new service starts over what is left, the platform repeats what was not answered, time passes, and the end
is compared with that of an undisturbed run.
"""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

import models.tables
from bot.config import Config
from models.messages.outbox import OutboxMessage
from tests.fakes.chapters import Saved, save, take_up
from tests.fakes.shelf import Shelf
from tests.fakes.world import Row, World, play, small_park_open

LATER = timedelta(minutes=11)  # longer than any lease and the wait before another try


class Killed(BaseException):
    """The process is gone: nobody catches this."""


class Killer:
    """Notes the moments before and after each commit, and kills at one of them.

    requests: what the platform has been asked. On PostgreSQL commits overlap: two may begin before one ends.
    """

    def __init__(self, at: int = -1) -> None:
        self._at, self.fired = at, False
        self.requests: list[object] = []
        self.passed: list[tuple[str, int]] = []
        """Of each moment the side, and how much the platform had been asked by then."""

    def __call__(self, side: str) -> None:
        """Called by the database before and after each commit."""
        self.passed.append((side, len(self.requests)))
        if len(self.passed) - 1 == self._at:
            self.fired = True
            raise Killed


def moments(counted: Killer) -> list[int]:
    """When to die: at the first moment, after each commit, and before each that something was asked outside ahead of.

    Between two moments with nothing asked in between, dying makes no difference.
    """
    passed = counted.passed
    return [
        number
        for number, (side, asked) in enumerate(passed)
        if number == 0 or side == "after" or asked != passed[number - 1][1]
    ]


class Rehearsal:
    """Runs steps over copies of a database."""

    def __init__(self, shelf: Shelf, config: Config, files: Path) -> None:
        self.shelf, self.config, self.files = shelf, config, files
        self._names: list[str] = []

    async def start(self) -> Saved:
        """The small park."""
        world = World(self.shelf.db, self.config, self.files)
        await world.begins_with(small_park_open)
        return await self.save(world)

    async def save(self, world: World) -> Saved:
        """The present moment; nothing may be under way."""
        self._names.append(f"rehearsal{len(self._names)}")
        return await save(world, self._names[-1])

    async def load(self, saved: Saved) -> World:
        """A fresh process over a copy of that moment."""
        await self.shelf.bury()
        world = World(self.shelf.db, self.config, self.files)
        await take_up(world, saved)
        return world

    async def close(self) -> None:
        """Leaves the shelf as it was found."""
        for name in self._names:
            await self.shelf.drop(name)

    async def restart(self, world: World) -> World:
        """Another process over the same database, the same phones and the same time."""
        # What else the process was at dies with it.
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await world.db.close()
        world.db.commit_hook = None
        again = World(self.shelf.db, self.config, self.files)
        again.platform.__dict__.update(world.platform.__dict__)
        again.clock.set(world.clock.now())
        again.pictures, again.read, again.count = world.pictures, world.read, world.count
        return again

    async def outcome(self, saved: Saved, row: Row, killer: Killer) -> tuple[dict[str, Any], World]:
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
        return await picture(world), world


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
            if table.name in (
                "job_run",
                "inbox",
                "conversation",
                "outbox",
                "card",
                "kf_cursor",
                "send_count",
                "send_pause",
            ):
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
