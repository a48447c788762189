"""A backup made of one database comes back whole in an empty one, of either kind; what is not sound is refused."""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import make_url, select, text

from bot.archive.box import ArchiveError, BoxWriter
from bot.backup.making import make_backup
from bot.backup.restoring import restore
from bot.backup.rows import tables_of
from bot.file_check import damaged_files
from bot.files import FileStore
from models.audit.entry import AuditEntry, first_break
from models.database import Database
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.migrations import alembic_config, is_current, upgrade
from models.tables import metadata
from tests.fakes.world import START, World, verify_talk
from tests.store.test_migrations import FIRST, ROWS

KEY = "a-key-of-the-backup-0123456789"


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A place without any table."""
    if request.param == "sqlite":
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'restored.sqlite'}", durable=False)
    else:
        url = make_url(str(request.getfixturevalue("postgres")))
        server = Database(url.render_as_string(hide_password=False), pool_size=1)
        async with server.engine.connect() as connection:
            free = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await free.execute(text("DROP DATABASE IF EXISTS restored WITH (FORCE)"))
            await free.execute(text("CREATE DATABASE restored"))
        await server.close()
        restored = url.set(database="restored").render_as_string(hide_password=False)
        database = Database(restored, pool_size=1)
    yield database
    await database.close()


async def everything(db: Database) -> dict[str, list[Any]]:
    """All rows as the code reads them."""
    async with db.read() as session:
        return {
            table.name: sorted(map(str, (await session.execute(select(table))).all()))
            for table in metadata.sorted_tables
        }


async def stamped(db: Database) -> None:
    """Says which version made the tables, as a site's database does."""
    async with db.engine.begin() as connection:
        head = await connection.run_sync(lambda c: _head(c))
        await connection.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32))"))
        await connection.execute(text("DELETE FROM alembic_version"))
        await connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head})


def _head(connection: Any) -> str:
    return str(ScriptDirectory.from_config(alembic_config(connection)).get_current_head())


@dataclass(frozen=True, slots=True)
class Made:
    """A backup of a busy park: the file, when it was made, what was in the database."""

    path: Path
    at: datetime
    rows: dict[str, list[Any]]


_made: dict[Database, Made] = {}
"""One of each kind of database, restored by several tests."""


@pytest.fixture
async def backup(world: World, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Something of every kind: a report with a photo, words that SQL and JSON stumble over, something still to be sent."""
    if world.db in _made:
        return _made[world.db]
    await verify_talk(world, [("lina", "报修 灯“不亮”\\\\ \u2028😀', --", "R01"), ("lina", "<photo>", "R01")])
    await stamped(world.db)
    folders = {"files": world.core.files.root, "archive": world.core.files.root.parent / "archive"}
    async with world.db.begin() as session:
        row = (await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(1))).one()
        row.status = OutboxStatus.DUE
    path, now = tmp_path_factory.mktemp("backup") / "b.zip", world.clock.now()
    rows = await everything(world.db)
    await make_backup(world.db, folders, path, KEY, now)
    return _made.setdefault(world.db, Made(path, now, rows))


def place_in(folder: Path) -> dict[str, Path]:
    """Empty folders for what comes back."""
    return {"files": folder / "new" / "files", "archive": folder / "new" / "archive"}


@pytest.fixture(scope="module")
async def oldest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup that the first version made; one message was still to be sent, one had been."""
    folder = tmp_path_factory.mktemp("oldest")
    old = Database(f"sqlite+aiosqlite:///{folder / 'old.sqlite'}", durable=False)
    await upgrade(old, FIRST)
    async with old.engine.begin() as connection:
        for row in (*ROWS, ROWS[-1].replace("(1, 'a'", "(2, 'b'").replace("'due'", "'sent'")):
            await connection.execute(text(row))
    await make_backup(old, {}, folder / "b.zip", KEY, START)
    await old.close()
    return folder / "b.zip"


async def test_everything_comes_back_in_an_empty_place_of_either_kind(
    backup: Made, empty: Database, tmp_path: Path
) -> None:
    before, now, target, place = backup.rows, backup.at, backup.path, place_in(tmp_path)
    for secret in ("李娜", "13800010001", "灯"):
        assert secret.encode() not in target.read_bytes()
    done = await restore(target, KEY, empty, place, now, by="cli:test", moved=True)
    after = await everything(empty)
    assert {name: rows for name, rows in after.items() if name not in ("audit", "sequence")} == {
        name: rows for name, rows in before.items() if name not in ("audit", "sequence")
    }
    assert set(before["audit"]) < set(after["audit"]) and done.files >= 1
    assert await is_current(empty) and await damaged_files(empty, FileStore(place["files"])) == []
    async with empty.begin() as session:  # numbers go on where they were
        assert await first_break(session) is None
        session.add(AuditEntry(number=10_000, at=now, actor="", action="", subject="", detail={}, message_key="",
                               previous="", hash=""))  # fmt: skip
        await session.flush()
        await session.rollback()
    with pytest.raises(ArchiveError, match="已有内容"):
        await restore(target, KEY, empty, place, now, by="cli:test")


async def test_a_backup_of_the_first_version_comes_back_in_todays_and_nothing_is_sent_again(
    oldest: Path, tmp_path: Path
) -> None:
    """What was due at the backup may have been sent since."""
    new = Database(f"sqlite+aiosqlite:///{tmp_path / 'new.sqlite'}", durable=False)
    done = await restore(oldest, KEY, new, {}, START, by="cli:test")
    async with new.read() as session:
        statuses = [(await session.get_one(OutboxMessage, number)).status for number in (1, 2)]
    assert statuses == [OutboxStatus.UNKNOWN, OutboxStatus.SENT] and done.held == 1
    async with new.engine.connect() as connection:
        assert "erasure" in await connection.run_sync(tables_of)
        assert await connection.scalar(text("SELECT name FROM tenant")) == "云帆"
    await new.close()


def _inside(path: Path) -> int:
    """A place in the middle of what the largest file of the archive holds."""
    with zipfile.ZipFile(path) as archive:
        largest = max(archive.infolist(), key=lambda each: each.compress_size)
    return largest.header_offset + 30 + len(largest.filename.encode()) + largest.compress_size // 2


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("key", "密钥不对"),
        ("bit", "损坏|密钥不对"),
        ("cut", "损坏"),
        ("other", "不是管家的备份"),
        ("none", "找不到"),
    ],
)
async def test_what_is_not_sound_is_refused_in_a_sentence(
    harm: str, said: str, oldest: Path, tmp_path: Path
) -> None:
    path, data = tmp_path / "b.zip", bytearray(oldest.read_bytes())
    if harm == "bit":
        data[_inside(oldest)] ^= 0x55
    path.write_bytes(data[: len(data) // 2] if harm == "cut" else bytes(data))
    if harm == "other":
        writer = BoxWriter(path, KEY)
        writer.add("x", b"x")
        writer.finish({})
    if harm == "none":
        path.unlink()
    new = Database(f"sqlite+aiosqlite:///{tmp_path / 'new.sqlite'}", durable=False)
    with pytest.raises(ArchiveError, match=said):
        await restore(path, KEY + "x" if harm == "key" else KEY, new, {}, START, by="cli:test")
    await new.close()
