"""All commands: the table of contents of the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.commands import archive, backing_up, exporting, letters, queues, rehearsing, running, setup, sms
from bot.commands.context import Options
from bot.logs import set_up_logs

app = typer.Typer(
    help="管家 Guanjia：企业微信上的物业服务中心。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@app.callback()
def main(
    context: typer.Context,
    config: Annotated[Path, typer.Option(help="配置文件")] = Path("config.yaml"),
    verbose: Annotated[bool, typer.Option("--verbose", help="更详细的日志")] = False,
) -> None:
    """管家 Guanjia：企业微信上的物业服务中心。"""
    set_up_logs(verbose=verbose)
    context.obj = Options(config)


COMMANDS = (
    running.serve,
    running.demo,
    running.simulator,
    setup.check,
    setup.menu,
    setup.kf_codes,
    setup.migrate,
    setup.import_,
    setup.import_bank,
    exporting.export,
    rehearsing.rehearse,
    backing_up.backup,
    backing_up.restore,
)
for command in COMMANDS:
    app.command(command.__name__.rstrip("_").replace("_", "-"))(command)
for group in (
    queues.inbox,
    queues.outbox,
    queues.jobs,
    queues.audit,
    archive.archive,
    letters.notice,
    sms.sms,
):
    app.add_typer(group)
