"""The power fails. What SQLite had synced by then is on the disk, of what came later any part may be: all that was answered
200 is there, the database is whole, and nothing of it is half there.

In WAL mode with synchronous=FULL each commit waits for the disk [sqlite.org/pragma.html#pragma_synchronous].
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.config import Config
from bot.core import Core
from bot.files import FileStore
from models.clock import VirtualClock
from models.database import Database
from tests.fakes.platform import FakePlatform
from tests.wire.callbacks import NOW
from tests.wire.test_callback_route import post, routes_over, text_message

_HEADER, _FRAME = 32, 24 + 4096
MESSAGES, ODD_CUTS = 10, 60
FULL = 2
_ASKED = text("PRAGMA synchronous"), text("PRAGMA journal_mode")


@dataclass
class Disk:
    """What was written. answered: how long the log was when each message was answered. settled: the file, had the log been
    written back into it.
    """

    file: bytes
    log: bytes
    settled: bytes
    answered: list[int]

    def after(self, folder: Path, file: bytes, log: bytes) -> set[str]:
        """The messages that are there when the machine starts again."""
        path = folder / "again.sqlite"
        Path(f"{path}-shm").unlink(missing_ok=True)
        path.write_bytes(file)
        Path(f"{path}-wal").write_bytes(log)
        again = sqlite3.connect(path)
        try:
            assert again.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            return {key for (key,) in again.execute("SELECT key FROM inbox")}
        finally:
            again.close()


@pytest.fixture
async def disk(config: Config, tmp_path: Path, sqlite_template: Path) -> Disk:
    path = tmp_path / "site.sqlite"
    shutil.copy(sqlite_template, path)
    db = Database(f"sqlite+aiosqlite:///{path}")
    core = Core(db, VirtualClock(NOW), config.rules(), config.working_calendar(), FileStore(tmp_path))
    log, answered = Path(f"{path}-wal"), []
    async with TestClient(TestServer(routes_over(core, FakePlatform())[0])) as client:
        for n in range(MESSAGES):
            assert await post(client, text_message(str(n))) == 200
            answered.append(log.stat().st_size)
    before = path.read_bytes(), log.read_bytes()
    await db.close()  # the last one to close writes the log back
    return Disk(*before, path.read_bytes(), answered)


def test_whatever_is_lost_of_what_was_written_later_what_was_answered_is_there(
    disk: Disk, tmp_path: Path
) -> None:
    chance = random.Random(1)
    frames = range(disk.answered[0], len(disk.log) + 1, _FRAME)
    odd = [chance.randrange(disk.answered[0], len(disk.log)) for _ in range(ODD_CUTS)]
    assert (disk.answered[0] - _HEADER) % _FRAME == 0
    for cut in (*frames, *odd):
        answered = {str(n) for n, size in enumerate(disk.answered) if size <= cut}
        rubbish = chance.choice((b"", bytes(_FRAME), chance.randbytes(3 * _FRAME)))
        assert disk.after(tmp_path, disk.file, disk.log[:cut] + rubbish) == answered, cut


def test_nothing_is_lost_while_the_log_is_written_back(disk: Disk, tmp_path: Path) -> None:
    """Any page of the file may be the old one, the new one, or half of each: the log is still there."""
    chance, everything = random.Random(2), {str(n) for n in range(MESSAGES)}
    old = disk.file.ljust(len(disk.settled), b"\0")
    for _ in range(10):
        mixed = bytearray(old)
        for at in range(0, len(mixed), 4096):
            upto = at + chance.choice((0, 1000, 4096))
            mixed[at:upto] = disk.settled[at:upto]
        assert disk.after(tmp_path, bytes(mixed), disk.log) == everything


async def test_every_connection_waits_for_the_disk_at_a_commit(tmp_path: Path) -> None:
    found: list[list[object]] = []
    for durable in (True, False):  # the second as a control
        db = Database(f"sqlite+aiosqlite:///{tmp_path / 'any.sqlite'}", durable=durable)
        await db.execute_alone("CREATE TABLE IF NOT EXISTS any_table (id INTEGER)")
        found += [await db._express.run(_asked_of_driver), await db._looker.run(_asked_of_driver)]
        async with db.begin() as writing, db.read() as looking:
            found += [await _asked(await session.connection()) for session in (writing, looking)]
        await db.close()
    assert found == [[FULL, "wal"]] * 4 + [[0, "wal"]] * 4


async def _asked_of_driver(driver: Any) -> list[object]:
    return [
        (await driver.at_once(lambda cursor, sql=str(each): cursor.execute(sql)))[1][0][0] for each in _ASKED
    ]


async def _asked(connection: AsyncConnection) -> list[object]:
    return [(await connection.execute(each)).scalar_one() for each in _ASKED]


async def test_the_service_leaves_a_servers_waiting_for_the_disk_as_it_is(db: Database) -> None:
    """PostgreSQL waits as it is shipped; nobody turns that off for a session, a role or a database."""
    if db.is_sqlite:
        return
    asked = text("SELECT source FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit')")
    async with db.begin() as writing, db.read() as looking:
        for session in (writing, looking):
            assert set(await session.scalars(asked)) <= {"default", "configuration file"}
