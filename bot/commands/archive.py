"""archive: the encrypted papers of closed months."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.commands.context import Options, run
from bot.config import Config
from models.audit.entry import AuditEntry, first_break
from models.clock import local
from models.closing.close import CloseStatus, MonthClose
from models.database import Database

archive = typer.Typer(name="archive", help="月结归档：查看、核对、打开", no_args_is_help=True)
T = TypeVar("T")
File = Annotated[str, typer.Argument(help="归档文件，或月份如 2026-03")]


@archive.command("list")
def archive_list(context: typer.Context) -> None:
    """各月月结的状态和归档文件。"""
    config = _config(context)

    async def rows(session: AsyncSession) -> list[MonthClose]:
        return list(await session.scalars(select(MonthClose).order_by(MonthClose.month)))

    table = Table("月份", "状态", "文件", "大小（KB）", "归档时间", "校验码（SHA-256）", title="月结归档")
    for close in _read(config, rows):
        sealed = local(close.sealed_at).strftime("%Y-%m-%d %H:%M") if close.sealed_at else "—"
        state = close.status.words + (f"：{close.fault}" if close.fault else "")
        size = str(close.size_bytes // 1024) if close.sealed_at else "—"
        table.add_row(close.month, state, close.file_name or "—", size, sealed, close.sha256 or "—")
    Console().print(table)


@archive.command("verify")
def archive_verify(context: typer.Context, file: File) -> None:
    """核对一份归档：整个文件的校验码、操作记录链和里面的每一个文件。"""
    path, papers, recorded = _opened(_config(context), file)
    on_record = "与登记和操作记录一致" if recorded else "数据库里没有登记，只核对了文件内部"
    typer.echo(f"归档完好：{path.name}，{len(papers)} 个文件，{on_record}。")


@archive.command("open")
def archive_open(
    context: typer.Context, file: File, to: Annotated[Path, typer.Option(help="解到哪个空目录")]
) -> None:
    """核对后解开一份归档。"""
    from bot.archive.box import unpack

    _, papers, _ = _opened(_config(context), file)

    async def work() -> None:
        unpack(papers, to)

    run(work())
    typer.echo(f"已解开 {len(papers)} 个文件到 {to}，内容与清单一致。看完请删除明文文件。")


def _config(context: typer.Context) -> Config:
    options: Options = context.obj
    return options.config()


def _opened(config: Config, file: str) -> tuple[Path, dict[str, bytes], bool]:
    """Path, papers, and whether the archive is on record; ends the program with a sentence when something is wrong."""
    from bot.archive.box import read_box
    from bot.archive.sealer import Vault

    path = Path(file)
    if not path.exists():
        path = Vault(Path(config.archive.path), "").path(file)

    async def work(session: AsyncSession) -> tuple[dict[str, bytes], bool]:
        recorded = await _recorded(session, path.name)
        return read_box(path, config.archive.key.get_secret_value(), recorded), bool(recorded)

    papers, known = _read(config, work)
    return path, papers, known


async def _recorded(session: AsyncSession, name: str) -> str:
    """The digest on record for that file, "" when there is none. Raises ArchiveError where row and chain disagree."""
    from bot.archive.box import ArchiveError

    close = await session.scalar(
        select(MonthClose).where(MonthClose.file_name == name, MonthClose.status == CloseStatus.SEALED)
    )
    if close is None:
        return ""
    sealed = await session.scalar(
        select(AuditEntry)
        .where(AuditEntry.action == "archive.seal", AuditEntry.subject == close.subject)
        .order_by(AuditEntry.number.desc())
        .limit(1)
    )
    if sealed is None or sealed.detail["sha256"] != close.sha256:
        raise ArchiveError(f"归档“{name}”的登记与操作记录不一致，登记可能被改动过。")
    if (broken := await first_break(session)) is not None:
        raise ArchiveError(f"操作记录从第 {broken} 条起被改动过，不能证明归档的校验码。")
    return close.sha256


def _read(config: Config, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    async def reading() -> T:
        database = Database(config.database.url)
        try:
            async with database.read() as session:
                return await work(session)
        finally:
            await database.close()

    return run(reading())
