"""sms: what SMS have cost."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from bot.commands.context import Options, run, stop

sms = typer.Typer(name="sms", help="短信", no_args_is_help=True)


@sms.callback()
def about() -> None:
    """短信。"""


@sms.command()
def cost(
    context: typer.Context, month: Annotated[str, typer.Option(help="月份，如 2026-03；不写则本月")] = ""
) -> None:
    """一个月的短信用量和费用：按模板，按计费条数；运营商报告失败的不计费。"""
    from rich.console import Console
    from rich.table import Table

    from models.clock import SystemClock, at_local, local_date
    from models.database import Database
    from models.fees.money import yuan
    from models.messages.sms_cost import SmsCost, sms_costs, total_of

    options: Options = context.obj
    config = options.config()
    try:
        first = datetime.strptime(month, "%Y-%m").date() if month else local_date(SystemClock().now())  # noqa: DTZ007
    except ValueError:
        raise stop(f"月份应写成 2026-03，不是“{month}”") from None
    first = first.replace(day=1)
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)

    async def work() -> list[SmsCost]:
        database = Database(config.database.url)
        try:
            async with database.read() as session:
                span = at_local(first, 0), at_local(following, 0)
                return await sms_costs(session, *span, config.sms_texts(), config.sms.sign)
        finally:
            await database.close()

    price = config.sending.sms_price_fen
    table = Table("模板", "发出", "已送达", "未送达", "计费条数", "费用（元）", title=f"{first:%Y-%m} 短信")
    costs = run(work())
    for each in [*costs, total_of(costs)]:
        fee = yuan(each.fen(price))
        table.add_row(*map(str, (each.template, each.sent, each.delivered, each.failed, each.charged, fee)))
    Console().print(table)
