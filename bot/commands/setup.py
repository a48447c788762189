"""check, menu, kf-codes, migrate, import, import-bank: the commands that set a site up and feed it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.context import Options, run, stop


def check(context: typer.Context) -> None:
    """体检：配置、数据库、企业微信凭证、短信模板、下一年日历，有问题就说怎么改。"""
    from bot.doctor import examine

    options: Options = context.obj
    findings = run(examine(options.config()))
    for finding in findings:
        mark, colour = ("✓", "green") if finding.good else ("✗", "red")
        typer.secho(f"{mark} {finding.text}", fg=colour)
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)


def menu(context: typer.Context) -> None:
    """把 wecom.menu 里的菜单发布到企业微信应用；改了设置就再运行一次。"""
    from bot.wecom.menu import publish
    from bot.wecom_access import wecom_client

    options: Options = context.obj
    config = options.config()

    async def work() -> None:
        async with wecom_client(config) as client:
            await publish(client, config.wecom.agent_id, config.wecom.menu)

    run(work())
    typer.echo("菜单已发布，成员重新打开应用后可见。")


def kf_codes(
    context: typer.Context,
    to: Annotated[Path, typer.Option(help="PDF 文件")] = Path("客服二维码.pdf"),
    building: Annotated[str, typer.Option(help="只做这一栋")] = "",
) -> None:
    """生成微信客服二维码（每栋、每个单元一张，带场景值），供打印张贴。"""
    from bot.kf_codes import make_sheet

    options: Options = context.obj
    count = run(make_sheet(options.config(), to, building))
    typer.echo(f"已生成 {count} 张二维码：{to}")


def migrate(context: typer.Context) -> None:
    """把数据库升级到当前版本；可以反复运行。"""
    from models.database import Database
    from models.migrations import upgrade

    options: Options = context.obj
    config = options.config()

    async def work() -> None:
        if config.database.url.startswith("sqlite"):
            Path(config.database.url.split("///", 1)[1]).parent.mkdir(parents=True, exist_ok=True)
        database = Database(config.database.url)
        try:
            await upgrade(database)
        finally:
            await database.close()

    run(work())
    typer.echo("数据库已是当前版本。")


def import_(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="Excel 文件（.xlsx）")]
) -> None:
    """导入单元、租户、联系人、员工、表计、价格和期初欠费；有问题的行另存一份并写明原因。"""
    from rich.progress import Progress

    from bot.sheets.bad_rows import write_bad_rows
    from bot.sheets.importing import import_workbook
    from models.clock import SystemClock
    from models.database import Database

    options: Options = context.obj
    config = options.config()
    if not file.is_file():
        raise stop(f"找不到文件：{file}")

    async def work() -> None:
        database = Database(config.database.url)
        try:
            with Progress(transient=True) as progress:
                task = progress.add_task("导入", total=None)

                def shown(done: int, total: int) -> None:
                    progress.update(task, completed=done, total=total)

                result = await import_workbook(database, file, config.rules(), SystemClock().now(), shown)
        finally:
            await database.close()
        for sheet, count in result.good.items():
            typer.echo(f"{sheet}：导入 {count} 行")
        if result.bad:
            path = file.with_name(f"{file.stem}-问题行.xlsx")
            write_bad_rows(result, path)
            raise stop(f"有 {len(result.bad)} 行未导入，原因见 {path}。改好后只导入这份文件即可。")

    run(work())


def import_bank(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="网银导出的流水（.xlsx 或 .csv）")]
) -> None:
    """导入银行流水；同一份文件可以反复导入，每笔只记一次。导入后在企业微信发送“对账”认款。"""
    from rich.progress import Progress

    from bot.sheets.statement import import_statement
    from models.clock import SystemClock
    from models.database import Database
    from models.fees.money import yuan

    options: Options = context.obj
    config = options.config()
    if not file.is_file():
        raise stop(f"找不到文件：{file}")

    async def work() -> None:
        database = Database(config.database.url)
        try:
            with Progress(transient=True) as progress:
                task = progress.add_task("导入流水", total=None)

                def shown(done: int, total: int) -> None:
                    progress.update(task, completed=done, total=total)

                result = await import_statement(
                    database, file, config.rules(), by="system", now=SystemClock().now(), progress=shown
                )
        finally:
            await database.close()
        typer.echo(
            f"新流水 {result.new} 笔，净额 {yuan(result.new_fen)} 元；此前已有 {result.known} 笔，没有重复导入。"
        )
        for number, reason in result.bad:
            typer.secho(f"第 {number} 行没有导入：{reason}", fg="yellow", err=True)
        if result.bad:
            raise stop(f"有 {len(result.bad)} 行没有导入，请核对后再导入一次，已导入的不会重复。")

    run(work())
