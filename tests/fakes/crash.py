"""Killing the service between any two commits, and seeing whether it ends the same.

A step of a story is played over a copy of the database (tests.fakes.shelf). Around each commit somebody outside keeps
what would be left if the process died just then: what is committed, the phones, and what nobody has answered. Later a
new process starts over that, the platform repeats what was not answered, time passes, and the end is compared with that
of the undisturbed run. Nothing has to die for it: of a process that is killed nothing else remains.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table, select

from bot.config import Config
from models.messages.inbound import Inbound
from models.messages.outbox import OutboxMessage
from tests.fakes.chapters import Saved, remember, save, take_up
from tests.fakes.content import content
from tests.fakes.shelf import Shelf
from tests.fakes.world import Row, World, play, small_park_open

LATER = timedelta(minutes=11)  # longer than any lease and the wait before another try


@dataclass(frozen=True)
class Left:
    """What a process leaves behind that dies at that moment. unanswered: what the platform will send again."""

    moment: int
    saved: Saved
    unanswered: list[Inbound]


class Witness:
    """Sees the moments before and after each commit, and keeps what is left at every `step`-th of those that count.

    Those are the first, the one after each commit, and the one before each that something was asked outside ahead of:
    between two moments with nothing asked in between, dying makes no difference. On PostgreSQL commits overlap: two may
    begin before one ends.
    """

    def __init__(self, world: World, keep: Callable[[], str], step: int) -> None:
        self._world, self._keep, self._step = world, keep, step
        self._passed = self._counted = self._asked = 0
        self.left: list[Left] = []

    def __call__(self, side: str) -> None:
        """Called by the database before and after each commit."""
        asked = len(self._world.platform.requests)
        if self._passed == 0 or side == "after" or asked != self._asked:
            if self._counted % self._step == 0:
                saved = remember(self._world, self._keep())
                self.left.append(Left(self._passed, saved, list(self._world.unanswered)))
            self._counted += 1
        self._passed, self._asked = self._passed + 1, asked


class Rehearsal:
    """Runs steps over copies of a database. Files stay where they are: they are named by what is in them."""

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
        return await save(world, self._new_name())

    async def load(self, saved: Saved) -> World:
        """A fresh process over a copy of that moment."""
        world = World(self.shelf.db, self.config, self.files)
        await take_up(world, saved)
        return world

    async def close(self) -> None:
        """Leaves the shelf as it was found."""
        for name in self._names:
            await self.shelf.drop(name)

    async def undisturbed(self, saved: Saved, row: Row, step: int = 0) -> tuple[World, list[Left]]:
        """The world after a line of the story; with a step, what was left at the moments on the way."""
        world = await self.load(saved)
        witness = Witness(world, self._keep_now, step)
        world.db.commit_hook = witness if step else None
        await play(world, row)
        world.db.commit_hook = None
        await world.advance(world.clock.now() + LATER)
        return world, witness.left

    async def disturbed(self, left: Left, row: Row) -> dict[str, Any]:
        """What the world looks like when another process takes over what was left in the middle of that line."""
        world = await self.load(left.saved)
        for message in left.unanswered:
            await world.engine.inbox.store(message)
        if row[0] == "clock":
            await play(world, (row[0], row[1], ""))
        await world.advance(world.clock.now() + LATER)
        return await picture(world)

    def _keep_now(self) -> str:
        self.shelf.put_now(name := self._new_name())
        return name

    def _new_name(self) -> str:
        self._names.append(f"rehearsal{len(self._names)}")
        return self._names[-1]


_VOLATILE = re.compile(
    r"(_at|_until|_since)$|^(at|hash|previous|owner|attempts|token|short_code|code|code_hash|facts|reason|receipt_sha256)$"
)
_PASSING = {
    "job_run",
    "inbox",
    "conversation",
    "outbox",
    "card",
    "kf_cursor",
    "send_count",
    "send_pause",
}
_SECRET = re.compile(r"/n/[\w-]+|[A-Za-z0-9_-]{16,}|\b(?:rc|m)\d+\b|(?:image|file)-\d+")


async def picture(world: World) -> dict[str, Any]:
    """Everything that must not depend on when the process died: rows without times and secrets, and the phones."""
    seen: dict[str, Any] = {"phones": {}}
    for who, entries in sorted(world.platform.phones.items()):
        seen["phones"][who] = [
            (e.kind, _SECRET.sub("*", e.text), sorted(e.buttons), e.state) for e in entries
        ]
    seen |= await content(world.db, _lasting)
    async with world.db.read() as session:
        outbox = await session.execute(
            select(OutboxMessage.dedupe_key, OutboxMessage.status, OutboxMessage.channel)
        )
        seen["outbox"] = sorted(tuple(map(str, row)) for row in outbox)
    return seen


def _lasting(table: Table) -> list[Column[Any]]:
    if table.name in _PASSING:
        return []
    return [column for column in table.columns if not _VOLATILE.search(column.name)]


def differences(seen: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """What is not as it should be, one line each."""
    found = [
        f"{name}: {seen[name]} not {expected[name]}" for name in expected if seen[name] != expected[name]
    ]
    phones, wanted = seen["phones"], expected["phones"]
    people = [who for who in sorted({*phones, *wanted}) if phones.get(who) != wanted.get(who)]
    lines = [line for line in found if not line.startswith("phones:")]
    return lines + [f"{who}: {phones.get(who)} not {wanted.get(who)}" for who in people]
