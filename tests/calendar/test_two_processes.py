"""Two processes over one database end as one does: no letter, bill or message twice."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from datetime import datetime
from pathlib import Path

from bot.config import Config
from models.database import Database
from tests.calendar import books
from tests.calendar.processes import Snapshot, another, issue_march, moment, owe_for_february, snapshot
from tests.fakes.world import World


async def advance_both(one: World, other: World, to: datetime) -> None:
    """Both do, at the same time, whatever is due at each instant on the way."""
    while True:
        while sum(await asyncio.gather(*(_step(each) for each in (one, other)))):
            pass
        instants = [await each.engine.next_due() for each in (one, other)]
        upcoming = min((instant for instant in instants if instant), default=to)
        if one.clock.now() >= to:
            return
        for each in (one, other):
            each.clock.set(min(upcoming, to))


async def _step(world: World) -> int:
    done = await asyncio.gather(world.engine.work_calendar(), world.engine.work_outbox())
    return sum(done)


async def test_two_processes_do_what_one_does(
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
    own = Database(db.engine.url.render_as_string(hide_password=False), durable=False)
    other = another(world, config, tmp_path, world.clock.now(), own)
    await advance_both(world, other, moment("03-18", 12))
    await own.close()
    assert shape(await snapshot(db)) == shape(expected)
    assert shown(world) == phones
    await books.hold_one_by_one(db)


def shape(snapshot: Snapshot) -> tuple[dict[str, int], Counter[tuple[str, str]]]:
    """Without the numbers of rows, which no two databases count alike."""
    rows, mail = snapshot
    return rows, Counter((re.sub(r"\d+", "#", key), status) for key, status in mail)


def shown(world: World) -> dict[str, int]:
    """How many things came to each phone."""
    return {who: len(entries) for who, entries in world.platform.phones.items() if entries}
