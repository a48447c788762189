"""inbox, outbox, jobs, audit: looking into the tables that carry everything, and putting failed work back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.commands.context import Options, run, stop
from models.audit.entry import first_break
from models.clock import SystemClock, local
from models.database import Database
from models.job_run import JobRun
from models.messages.inbox import InboxMessage, InboxStatus, retry_failed
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.messages.recall import Recalled, recall

inbox = typer.Typer(name="inbox", help="收到的消息", no_args_is_help=True)
outbox = typer.Typer(name="outbox", help="待发和已发的消息", no_args_is_help=True)
jobs = typer.Typer(name="jobs", help="定时任务的执行记录", no_args_is_help=True)
audit = typer.Typer(name="audit", help="操作记录", no_args_is_help=True)

Limit = Annotated[int, typer.Option(help="最多显示多少行")]


@asynccontextmanager
async def _writing(context: typer.Context) -> AsyncIterator[AsyncSession]:
    options: Options = context.obj
    database = Database(options.config().database.url)
    try:
        async with database.begin() as session:
            yield session
    finally:
        await database.close()


def _show(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    table = Table(*columns, title=title)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    Console().print(table)


@inbox.command("list")
def inbox_list(context: typer.Context, limit: Limit = 20) -> None:
    """未处理和处理失败的消息。"""

    async def work() -> None:
        async with _writing(context) as session:
            query = (
                select(InboxMessage).where(InboxMessage.status != InboxStatus.DONE).order_by(InboxMessage.id)
            )
            rows = (await session.scalars(query.limit(limit))).all()
        cells = [
            (r.id, r.channel, r.status, local(r.received_at).strftime("%m-%d %H:%M"), r.error) for r in rows
        ]
        _show("收到的消息", ["编号", "渠道", "状态", "时间", "错误"], cells)

    run(work())


@inbox.command("retry")
def inbox_retry(
    context: typer.Context, ids: Annotated[list[int] | None, typer.Argument(help="编号；不写则全部")] = None
) -> None:
    """把处理失败的消息放回队列。"""

    async def work() -> int:
        async with _writing(context) as session:
            return await retry_failed(session, ids or [])

    typer.echo(f"已放回 {run(work())} 条。")


@outbox.command("list")
def outbox_list(context: typer.Context, limit: Limit = 20) -> None:
    """还没有送出的消息。"""

    async def work() -> None:
        async with _writing(context) as session:
            query = (
                select(OutboxMessage)
                .where(OutboxMessage.status != OutboxStatus.SENT)
                .order_by(OutboxMessage.id)
            )
            rows = (await session.scalars(query.limit(limit))).all()
        cells = [(r.id, r.recipient, r.purpose, r.status, r.attempts, r.channel, r.reason) for r in rows]
        _show("未送出的消息", ["编号", "收件人", "用途", "状态", "次数", "渠道", "说明"], cells)

    run(work())


@outbox.command("show")
def outbox_show(context: typer.Context, number: int) -> None:
    """一条消息的去向和原因。"""

    async def work() -> None:
        async with _writing(context) as session:
            row = await session.get(OutboxMessage, number)
        if row is None:
            raise stop(f"没有编号为 {number} 的消息")
        typer.echo(row.told)

    run(work())


@outbox.command("recall")
def outbox_recall(context: typer.Context, ids: Annotated[list[int], typer.Argument(help="编号")]) -> None:
    """撤回消息：未发出的不再发；应用消息 24 小时内可撤回；微信客服和短信发出后不能撤回。"""

    async def work() -> Recalled:
        async with _writing(context) as session:
            return await recall(session, ids, SystemClock().now())

    done = run(work())
    typer.echo(
        f"未发出、已停发 {done.stopped} 条；已发出、正在撤回 {done.taken_back} 条；无法撤回 {done.gone} 条。"
    )


@jobs.command("list")
def jobs_list(context: typer.Context, limit: Limit = 20) -> None:
    """最近的执行记录。"""

    async def work() -> None:
        async with _writing(context) as session:
            rows = (
                await session.scalars(select(JobRun).order_by(JobRun.scheduled_for.desc()).limit(limit))
            ).all()
        cells = [
            (r.job, local(r.scheduled_for).strftime("%m-%d %H:%M"), r.status, r.attempts, r.detail)
            for r in rows
        ]
        _show("定时任务", ["任务", "应执行", "状态", "次数", "结果"], cells)

    run(work())


@audit.command("verify")
def audit_verify(context: typer.Context) -> None:
    """检查操作记录有没有被改动、删除或插入。"""

    async def work() -> int | None:
        async with _writing(context) as session:
            return await first_break(session)

    broken = run(work())
    if broken is not None:
        raise stop(f"操作记录从第 {broken} 条起被改动过。")
    typer.echo("操作记录完整，没有被改动。")
