"""backup, restore: everything in one encrypted file, and back into an empty place."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.context import Options, run
from bot.config import Config

if TYPE_CHECKING:
    from bot.archive.box import Sealed

_PATTERN = "guanjia-*.zip"
WITHOUT_FILES = "不含照片和单据（它们另外备份时用）"


def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(help="放备份的目录，或 .zip 文件名")],
    no_files: Annotated[bool, typer.Option("--no-files", help=WITHOUT_FILES)] = False,
    keep: Annotated[int, typer.Option(help="目录里只留最新几份，0 为全留", min=0)] = 0,
) -> None:
    """备份：服务运行中也可以；数据库、文件和归档装进一个加密的 ZIP，密钥是 GUANJIA_BACKUP__KEY。"""
    from models.clock import SystemClock, local

    options: Options = context.obj
    now = SystemClock().now()
    path = _path(target, local(now))
    sealed = run(_make(options.config(), path, now, with_files=not no_files))
    gone = _only_newest(path.parent, keep)
    typer.echo(f"已备份到 {path}，{sealed.size_bytes // 1024} KB，SHA-256 {sealed.sha256}。")
    if gone:
        typer.echo(f"已删去旧备份 {gone} 份。")


async def _make(config: Config, path: Path, now: datetime, *, with_files: bool) -> Sealed:
    """The backup, and that it was made."""
    from rich.progress import Progress

    from bot.backup.making import make_backup
    from models.audit.entry import record
    from models.database import Database

    database = Database(config.database.url)
    try:
        with Progress(transient=True) as progress:
            task = progress.add_task("备份", total=None)

            def shown(done: int, total: int) -> None:
                progress.update(task, completed=done, total=total)

            folders = _folders(config) if with_files else {}
            key = config.backup.key.get_secret_value()
            sealed = await make_backup(database, folders, path, key, now, shown)
        async with database.begin() as session:
            facts = {"sha256": sealed.sha256, "size_bytes": sealed.size_bytes, "with_files": with_files}
            await record(
                session, actor=f"cli:{getpass.getuser()}", action="backup.make", subject=f"backup:{path.name}",
                now=now, detail=facts,
            )  # fmt: skip
    finally:
        await database.close()
    return sealed


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="备份文件")],
    moved: Annotated[
        bool, typer.Option("--moved", help="备份后服务一直停着（例如换数据库）：待发的消息照常发出")
    ] = False,
) -> None:
    """恢复：把一份备份装进空的数据库和空的目录；SQLite 和 PostgreSQL 的备份可以互相恢复。"""
    from rich.progress import Progress

    from bot.backup.restoring import Restored
    from bot.backup.restoring import restore as restored_from
    from models.clock import SystemClock
    from models.database import Database

    options: Options = context.obj
    config = options.config()
    if config.database.url.startswith("sqlite"):
        Path(config.database.url.split("///", 1)[1]).parent.mkdir(parents=True, exist_ok=True)

    async def work() -> Restored:
        database = Database(config.database.url)
        try:
            with Progress(transient=True) as progress:
                task = progress.add_task("恢复", total=None)

                def shown(done: int, total: int) -> None:
                    progress.update(task, completed=done, total=total)

                return await restored_from(
                    file, config.backup.key.get_secret_value(), database, _folders(config),
                    SystemClock().now(), by=f"cli:{getpass.getuser()}", moved=moved, progress=shown,
                )  # fmt: skip
        finally:
            await database.close()

    done = run(work())
    typer.echo(f"已恢复 {done.made_at} 的备份：{done.rows} 行，{done.files} 个文件，操作记录完整。")
    if done.held:
        typer.echo(f"有 {done.held} 条待发消息可能在备份之后已经送出，没有重发：python -m bot outbox list")


def _path(target: Path, at: datetime) -> Path:
    return target if target.suffix == ".zip" else target / f"guanjia-{at:%Y-%m-%d-%H%M%S}.zip"


def _folders(config: Config) -> dict[str, Path]:
    """Name in the backup → where it lies."""
    return {"files": Path(config.storage.path), "archive": Path(config.archive.path)}


def _only_newest(folder: Path, keep: int) -> int:
    """Deletes older backups; how many."""
    old = sorted(folder.glob(_PATTERN))[:-keep] if keep else []
    for path in old:
        path.unlink()
    return len(old)
