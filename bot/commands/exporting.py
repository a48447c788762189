"""export: tables for a spreadsheet, on the machine of the service."""

from __future__ import annotations

import getpass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.context import Options, run
from models.exports import EXPORTS

Kind = StrEnum("Kind", {form.code: form.code for form in EXPORTS})  # type: ignore[misc]  # the table of contents decides


def export(
    context: typer.Context,
    kind: Annotated[Kind, typer.Argument(help="、".join(f"{form.code} {form.word}" for form in EXPORTS))],
    to: Annotated[Path, typer.Option(help="写到哪个 .xlsx 文件")],
    month: Annotated[str, typer.Option(help="月份，如 2026-03；不写为本月")] = "本月",
) -> None:
    """导出表格；每次导出都记入操作记录。"""
    from bot.sheets.writer import workbook
    from models.calendar.period import Month
    from models.clock import SystemClock, local_date
    from models.database import Database
    from models.exports.table import Asked, Table, log_export

    options: Options = context.obj
    config = options.config()
    form = next(form for form in EXPORTS if form.code == kind)

    async def work() -> Table:
        now = SystemClock().now()
        asked = Asked(Month.parse(month, local_date(now)), now, config.rules(), full_numbers=True)
        database = Database(config.database.url)
        try:
            async with database.begin() as session:
                table = await form.table(session, asked)
                await log_export(session, form, asked, len(table.rows), by=f"cli:{getpass.getuser()}")
        finally:
            await database.close()
        return table

    table = run(work())
    draft = to.with_name(f".{to.name}.draft")
    draft.write_bytes(workbook([table]))
    draft.replace(to)
    typer.echo(f"已导出 {len(table.rows)} 行到 {to}，已记入操作记录。")
