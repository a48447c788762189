"""Kills the real `python -m bot migrate` at random instants and starts it again: it must end at the present schema with the
rows as they were.

python -m tests.chaos.migrations [--kills N] [--seed X] [--database sqlite|postgresql]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from random import Random

from sqlalchemy import Connection, inspect, text

from models.clock import local
from models.database import Database
from models.migrations import is_current, upgrade
from tests.bench.databases import Store, postgresql
from tests.chaos.nursery import Nursery
from tests.chaos.play import START
from tests.chaos.process import SharedClock
from tests.store.test_migrations import FIRST, ROWS

_MANY = 2000
"""Rows that are copied where a column of their table changes on SQLite."""
_MORE = (
    "INSERT INTO contact (id, tenant_id, name, mobile, role, active, sms_refused)"
    " VALUES (:n, 1, '王', '13800010002', '', true, false)"
)
State = dict[str, tuple[int, int]]
"""Of each table, how many columns and rows there are."""


async def state_of(database: Database) -> State:
    """What is there now."""

    def look(connection: Connection) -> State:
        looked = inspect(connection)
        return {
            name: (
                len(looked.get_columns(name)),
                connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0,  # noqa: S608
            )
            for name in looked.get_table_names()
        }

    async with database.engine.connect() as connection:
        return await connection.run_sync(look)


async def first_release(store: Store, name: str) -> State:
    """A database of the first release with many rows."""
    database = await store.open(name)
    await upgrade(database, FIRST)
    async with database.engine.begin() as connection:
        for row in ROWS:
            await connection.execute(text(row))
        await connection.execute(text(_MORE), [{"n": n} for n in range(2, _MANY)])
    state = await state_of(database)
    await database.close()
    return state


class Rounds:
    """One database after the other, each killed several times and brought to its end."""

    def __init__(self, store: Store, nursery: Nursery, random: Random) -> None:
        self._store, self._nursery, self._random = store, nursery, random
        self.kills = self.rounds = 0
        self.after: Counter[str] = Counter()
        self._takes_s = 0.0
        self.faults: list[str] = []

    async def run(self, kills: int) -> None:
        """So many kills."""
        before = await first_release(self._store, "oldest")
        whole = await self._store.copy("oldest", "whole")
        await self._migrate(whole)
        expected = await state_of(whole)
        await whole.close()
        while self.kills < kills:
            self.rounds += 1
            database = await self._store.copy("oldest", f"round{self.rounds}")
            for _ in range(self._random.randint(1, 4)):
                await self._kill(database, before, expected)
            await self._migrate(database)
            if await state_of(database) != expected or not await is_current(database):
                self.faults.append(f"round {self.rounds}: not at its end")
            await database.close()

    async def _kill(self, database: Database, before: State, expected: State) -> None:
        child = await self._nursery.bear(["migrate"], _environment(database))
        await asyncio.sleep(self._random.uniform(0, self._takes_s))
        if child.lives:
            self.kills += 1
        else:  # the machine has become quicker
            self._takes_s *= 0.8
        await child.end()
        state = await state_of(database)
        if state not in (before, expected):
            halfway = [name for name in state if state[name] not in (before.get(name), expected[name])]
            self.faults.append(f"round {self.rounds}: halfway {halfway or sorted(state.keys() ^ expected)}")
        self.after["as before" if state == before else "done" if state == expected else "HALFWAY"] += 1

    async def _migrate(self, database: Database) -> None:
        begun = time.monotonic()
        child = await self._nursery.bear(["migrate"], _environment(database))
        while child.lives:
            await asyncio.sleep(0.01)
        if not self._takes_s:
            self._takes_s = time.monotonic() - begun


def _environment(database: Database) -> dict[str, str]:
    return {"GUANJIA_DATABASE__URL": database.engine.url.render_as_string(hide_password=False)}


async def rehearse(folder: Path, server: str, wanted: argparse.Namespace) -> Rounds:
    """All rounds."""
    clock = folder / "clock"
    SharedClock(clock).move(local(START))
    nursery = Nursery(clock, folder / "migrate.log")
    await nursery.open()
    try:
        rounds = Rounds(Store(folder, server), nursery, Random(wanted.seed))
        await rounds.run(wanted.kills)
        return rounds
    finally:
        await nursery.close()


def main(given: list[str]) -> int:
    """Runs and tells; 1 where anything was found halfway or otherwise than it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.migrations", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    wanted, begun = parser.parse_args(given), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="guanjia-chaos-") as name:
        folder = Path(name)
        with postgresql(folder) if wanted.database == "postgresql" else nullcontext("") as server:
            rounds = asyncio.run(rehearse(folder, server, wanted))
    facts = {
        "seed": wanted.seed, "database": wanted.database, "kills": rounds.kills, "rounds": rounds.rounds,
        "after a kill": rounds.after, "faults": rounds.faults, "seconds": round(time.monotonic() - begun),
    }  # fmt: skip
    print("\n".join(f"{name:32}{value}" for name, value in facts.items()))
    print(json.dumps(facts, ensure_ascii=False))
    return 1 if rounds.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
