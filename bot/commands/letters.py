"""notice: looking after letters and their proof from the command line."""

from __future__ import annotations

from pathlib import Path

import typer

from bot.commands.context import Options, run, stop

notice = typer.Typer(name="notice", help="通知单和送达证据", no_args_is_help=True)


@notice.callback()
def about() -> None:
    """通知单和送达证据。"""


@notice.command()
def verify(context: typer.Context) -> None:
    """核对通知单、收据、签收照片等文件是否仍与登记的 SHA-256 一致。"""
    from rich.progress import Progress

    from bot.file_check import damaged_files
    from bot.files import FileStore
    from models.database import Database

    options: Options = context.obj
    config = options.config()

    async def work() -> tuple[list[str], int]:
        database, total = Database(config.database.url), 0
        try:
            with Progress(transient=True) as progress:
                task = progress.add_task("核对", total=None)

                def shown(done: int, of: int) -> None:
                    nonlocal total
                    total = of
                    progress.update(task, completed=done, total=of)

                found = await damaged_files(database, FileStore(Path(config.storage.path)), shown)
                return found, total
        finally:
            await database.close()

    found, total = run(work())
    for sentence in found:
        typer.secho(f"✗ {sentence}", fg="red")
    if found:
        raise stop(f"共核对 {total} 份文件，{len(found)} 处不符。请从备份恢复后再核对。")
    typer.echo(f"共核对 {total} 份文件，全部完好。")
