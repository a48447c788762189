"""rehearse: the coming weeks on a copy of the data. Sends nothing, changes nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.context import Options, run, stop

if TYPE_CHECKING:
    from rich.console import Console

    from bot.rehearsal.planned import Outlook


def rehearse(
    context: typer.Context,
    first: Annotated[str, typer.Option("--from", help="第一天，如 2026-04-01")],
    last: Annotated[str, typer.Option("--to", help="最后一天，如 2026-04-30")],
    to_file: Annotated[Path | None, typer.Option(help="另存为 .xlsx 文件，每条消息一行")] = None,
    bills: Annotated[bool, typer.Option(help="假定每月账单按期发出")] = True,
) -> None:
    """预演：在数据的副本上走一遍，看谁会在什么时候、通过什么渠道收到什么，为什么。不会发出任何消息。"""
    from rich.console import Console
    from rich.progress import Progress

    from bot.logs import set_up_logs
    from bot.rehearsal.rehearse import rehearse as play
    from bot.rehearsal.tables import tables_of
    from bot.sheets.writer import workbook

    options: Options = context.obj
    config = options.config()
    set_up_logs(quiet=True)  # a month of jobs would fill the screen
    console = Console()
    with Progress(transient=True, console=Console(stderr=True)) as shown:
        task = shown.add_task("预演", total=None)
        outlook = run(
            play(
                config.database.url,
                _day(first),
                _day(last),
                config.rules(),
                config.working_calendar(),
                bills=bills,
                progress=lambda done, total: shown.update(task, completed=done, total=total),
            )
        )
    _print(console, outlook, f"预演 {first} 至 {last}")
    if to_file:
        to_file.write_bytes(workbook(tables_of(outlook)))
        console.print(f"已写入 {to_file}", markup=False)


def _print(console: Console, outlook: Outlook, title: str) -> None:
    """Who gets what, what is held back and why, and the sums."""
    from rich.table import Table

    from bot.rehearsal.tables import grouped, summary_rows

    table = Table("时间", "内容", "渠道", "收件人", "为什么", title=title)
    for row in grouped(outlook):
        table.add_row(*row)
    console.print(table)
    for day, tenant, letter, why in outlook.held:
        console.print(f"暂缓 {day:%m-%d} {tenant} 《{letter}》：{why}", markup=False)
    for name, text in summary_rows(outlook):
        console.print(f"{name}：{text}", markup=False)


def _day(text: str) -> date:
    """An ISO date; ends the program with a sentence for nonsense."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise stop(f"看不懂这个日期：{text}。请写成 2026-04-01") from None
