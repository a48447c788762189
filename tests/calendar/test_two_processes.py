"""Two processes on SQLite and four on PostgreSQL end as one does: no letter, bill or message twice, all in order."""

from __future__ import annotations

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from bot.config import Config
from models.database import Database
from models.messages.inbound import Inbound, Kind
from models.messages.inbox import store_alone
from models.messages.outbox import OutboxMessage
from tests.calendar import books
from tests.calendar.processes import Snapshot, another, issue_march, moment, owe_for_february, snapshot
from tests.fakes.world import World


async def advance_all(worlds: Sequence[World], to: datetime) -> None:
    """All do, at the same time, whatever is due at each instant on the way."""
    while True:
        while sum(await asyncio.gather(*(_step(each) for each in worlds))):
            pass
        instants = [await each.engine.next_due() for each in worlds]
        upcoming = min((instant for instant in instants if instant), default=to)
        if worlds[0].clock.now() >= to:
            return
        for each in worlds:
            each.clock.set(min(upcoming, to))


@asynccontextmanager
async def beside(world: World, config: Config, files: Path) -> AsyncIterator[list[World]]:
    """The world and other processes over its database, each with connections of its own."""
    url = world.db.engine.url.render_as_string(hide_password=False)
    own = [Database(url, durable=False, pool_size=3) for _ in range(1 if world.db.is_sqlite else 3)]
    yield [world, *(another(world, config, files, world.clock.now(), db) for db in own)]
    for db in own:
        await db.close()


async def _step(world: World) -> int:
    done = await asyncio.gather(world.engine.work_calendar(), world.engine.work_outbox())
    return sum(done)


async def test_many_processes_do_what_one_does(
    world: World, db: Database, config: Config, tmp_path: Path, sqlite: Database
) -> None:
    async with World.open(sqlite, config, tmp_path / "alone") as alone:
        await owe_for_february(sqlite)
        await issue_march(alone)
        await alone.advance(moment("03-18", 12))
        expected = await snapshot(sqlite)
        phones = shown(alone)
    await owe_for_february(db)
    await issue_march(world)
    async with beside(world, config, tmp_path) as worlds:
        await advance_all(worlds, moment("03-18", 12))
    assert shape(await snapshot(db)) == shape(expected)
    assert shown(world) == phones
    await books.hold_one_by_one(db)


async def test_one_persons_messages_stay_in_order(world: World, config: Config, tmp_path: Path) -> None:
    now = world.clock.now()
    people = ("zhoumin", "linfang", "chenjing")
    said = [Inbound("wecom", f"o{n}", people[n % 3], Kind.TEXT, now, text="值班") for n in range(24)]
    await store_alone(world.db, said, now)
    async with beside(world, config, tmp_path) as worlds:
        await asyncio.gather(*(each.engine.work_inbox() for each in worlds))
    async with world.db.read() as session:
        rows = await session.execute(
            select(OutboxMessage.recipient, OutboxMessage.dedupe_key).order_by(OutboxMessage.id)
        )
        answered: dict[str, list[int]] = defaultdict(list)
        for recipient, key in rows:
            if found := re.fullmatch(r"in(\d+):reply:1", key):
                answered[recipient].append(int(found[1]))
    assert sorted(len(each) for each in answered.values()) == [8, 8, 8]
    assert all(each == sorted(each) for each in answered.values())


def shape(snapshot: Snapshot) -> tuple[dict[str, int], Counter[tuple[str, str]]]:
    """Without the numbers of rows, which no two databases count alike."""
    rows, mail = snapshot
    return rows, Counter((re.sub(r"\d+", "#", key), status) for key, status in mail)


def shown(world: World) -> dict[str, int]:
    """How many things came to each phone."""
    return {who: len(entries) for who, entries in world.platform.phones.items() if entries}
