"""Takes a backup into an empty place. Every table and every file is compared with the list that was made with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

import pyzipper
from sqlalchemy import Connection, inspect, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.archive.box import MANIFEST, ArchiveError, checked_key, plainly
from bot.backup.making import KIND, Progress
from bot.backup.rows import Holds, columns_of, from_line, tables_of
from models.audit.entry import first_break, record
from models.database import Database
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.migrations import is_known, upgrade

_CHUNK = 1000
_WRONG = "这不是管家的备份文件，或者不完整。"
_HELD = "从备份恢复：备份之后可能已经送出，请核对后再联系对方"


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back. held: messages that were due and may have been sent since the backup."""

    made_at: str
    rows: int
    files: int
    held: int


class Backup:
    """An open backup and its list."""

    def __init__(self, box: pyzipper.AESZipFile) -> None:
        self._box = box
        try:
            about = json.loads(box.read(MANIFEST))
            self.made_at, self.revision = str(about["made_at"]), str(about["revision"])
            self.rows: dict[str, int] = about["rows"]
            self._sha256 = {each["name"]: each["sha256"] for each in about["files"]}
            kind = about["kind"]
        except (KeyError, ValueError, TypeError) as missing:
            raise ArchiveError(_WRONG) from missing
        if kind != KIND:
            raise ArchiveError(_WRONG)

    def below(self, folder: str) -> list[str]:
        """The members in that folder. Raises ArchiveError for a name that leads out of it."""
        found = [name for name in self._sha256 if name.startswith(f"{folder}/")]
        for name in found:
            if ".." in PurePosixPath(name).parts or "\\" in name:
                raise ArchiveError(f"备份里的文件名“{name}”不安全，没有恢复。")
        return found

    def pieces(self, name: str) -> Iterator[bytes]:
        """The member line by line (or piece by piece). Raises ArchiveError at its end if it is not what was listed."""
        counted = hashlib.sha256()
        with self._box.open(name) as file:
            for piece in file:
                counted.update(piece)
                yield piece
        if counted.hexdigest() != self._sha256[name]:
            raise ArchiveError(f"备份已损坏：{name} 与清单不符，请换一份备份。")


async def restore(
    path: Path,
    key: str,
    database: Database,
    folders: dict[str, Path],
    now: datetime,
    *,
    by: str,
    moved: bool = False,
    progress: Progress | None = None,
) -> Restored:
    """Everything from the backup. Raises ArchiveError with a sentence when the place is not empty or the file not sound.

    moved: nothing has happened since the backup was made (the service stood still), so that what was due still is.
    """
    secret = checked_key(key)
    await _must_be_empty(database, folders)
    with plainly(path), pyzipper.AESZipFile(_there(path)) as box:
        box.setpassword(secret)
        backup = Backup(box)
        if not is_known(backup.revision):
            raise ArchiveError("这份备份来自更新的版本，请先升级软件再恢复。")
        await upgrade(database, backup.revision)
        await _load(database, backup)
        await upgrade(database)
        files = _unpack(backup, folders, progress)
    held = await _after(database, path, now, by=by, moved=moved)
    return Restored(backup.made_at, sum(backup.rows.values()), files, held)


async def _must_be_empty(database: Database, folders: dict[str, Path]) -> None:
    async with database.engine.connect() as connection:
        if await connection.run_sync(lambda found: inspect(found).get_table_names()):
            raise ArchiveError("目标数据库里已有内容，请换一个空的数据库再恢复。")
    for folder in folders.values():
        if folder.exists() and any(folder.iterdir()):
            raise ArchiveError(f"目录“{folder}”里已有文件，请换一个空目录（storage.path、archive.path）。")


async def _load(database: Database, backup: Backup) -> None:
    """All rows in one transaction."""
    async with database.engine.begin() as connection:
        if database.is_sqlite:
            await connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        for table in await connection.run_sync(tables_of):
            count = await _load_table(connection, table, backup, sqlite=database.is_sqlite)
            if count != backup.rows.get(table):
                raise ArchiveError(f"备份已损坏：{table} 应有 {backup.rows.get(table)} 行，只有 {count} 行。")
        if not database.is_sqlite:
            await connection.run_sync(_count_on)


async def _load_table(connection: AsyncConnection, table: str, backup: Backup, *, sqlite: bool) -> int:
    lines = backup.pieces(f"tables/{table}.jsonl")
    listed = {name: Holds(holds) for name, holds in json.loads(next(lines))}
    if set(listed) != set(await connection.run_sync(columns_of, table)):
        raise ArchiveError(f"备份已损坏：{table} 的列与版本不符。")
    holds, count = list(listed.values()), 0
    while rows := [from_line(holds, line, sqlite=sqlite) for line in islice(lines, _CHUNK)]:
        await _insert(connection, table, list(listed), rows, sqlite=sqlite)
        count += len(rows)
    return count


async def _insert(
    connection: AsyncConnection,
    table: str,
    columns: list[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    sqlite: bool,
) -> None:
    if sqlite:
        names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" for _ in columns)
        await connection.exec_driver_sql(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(rows))  # noqa: S608
        return
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.copy_records_to_table(table, records=rows, columns=columns)


def _count_on(connection: Connection) -> None:
    """New rows get numbers after the highest there is."""
    for table in tables_of(connection):
        sequence = connection.scalar(
            text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": f'"{table}"'}
        ) if "id" in columns_of(connection, table) else None  # fmt: skip
        if sequence:
            connection.execute(
                text(f'SELECT setval(:sequence, max(id)) FROM "{table}" HAVING max(id) IS NOT NULL'),  # noqa: S608
                {"sequence": sequence},
            )


def _there(path: Path) -> Path:
    """Raises ArchiveError when it is not."""
    if not path.is_file():
        raise ArchiveError(f"找不到备份文件：{path}")
    return path


def _unpack(backup: Backup, folders: dict[str, Path], progress: Progress | None) -> int:
    names = [(name, folder) for folder in folders for name in backup.below(folder)]
    for done, (name, folder) in enumerate(names, start=1):
        target = folders[folder] / name.removeprefix(f"{folder}/")
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            for piece in backup.pieces(name):
                file.write(piece)
        if progress:
            progress(done, len(names))
    return len(names)


async def _after(database: Database, path: Path, now: datetime, *, by: str, moved: bool) -> int:
    """The chain must hold; what may have been sent since is not sent blindly; the restoring itself goes on record."""
    async with database.begin() as session:
        if (broken := await first_break(session)) is not None:
            raise ArchiveError(f"恢复的操作记录从第 {broken} 条起对不上，请换一份备份。")
        held = 0
        if not moved:
            due = OutboxMessage.status.in_([OutboxStatus.DUE, OutboxStatus.LEASED])
            settled = update(OutboxMessage).where(due, OutboxMessage.due_at <= now)
            values = {"status": OutboxStatus.UNKNOWN, "reason": _HELD, "settled_at": now}
            held = len((await session.execute(settled.values(**values).returning(OutboxMessage.id))).all())
        await record(
            session, actor=by, action="backup.restore", subject=f"backup:{path.name}", now=now,
            detail={"held": held, "moved": moved},
        )  # fmt: skip
    return held
