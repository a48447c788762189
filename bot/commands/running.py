"""serve, demo, simulator: the commands that stay until they are stopped."""

from __future__ import annotations

import asyncio
import signal
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.context import Options, run, stop

Context = typer.Context


async def _until_stopped() -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()


def serve(context: Context) -> None:
    """正式运行：接收企业微信回调，发送消息，执行定时任务。"""
    from bot.alarm_clock import AlarmClock
    from bot.app import listening, service
    from models.clock import SystemClock

    options: Options = context.obj
    config = options.config()

    async def work() -> None:
        host, port = config.server.host, config.server.port
        async with service(config, SystemClock()) as built, listening(built.app, host, port):
            built.engine.start()
            clock = AlarmClock(built.engine)
            clock.start()
            typer.echo(f"管家已启动：http://{host}:{port}/healthz")
            try:
                await _until_stopped()
            finally:
                clock.stop()
                await built.engine.stop()

    run(work())


def demo(
    context: Context,
    port: Annotated[int | None, typer.Option(help="端口，默认取配置 server.port")] = None,
    data: Annotated[Path, typer.Option(help="数据目录")] = Path("data"),
    at: Annotated[str, typer.Option(help="虚拟时钟的起点，如 2026-03-16T09:00+08:00")] = "",
) -> None:
    """试用：服务、企业微信模拟器和示例园区，一个网址。"""
    from bot.demo import demo as running_demo
    from bot.demo import demo_config

    options: Options = context.obj
    config = options.config()
    own_database = "url" in config.database.model_fields_set and not config.database.url.startswith("sqlite")
    chosen = demo_config(config, data, port or config.server.port, keep_database=own_database)

    data.mkdir(parents=True, exist_ok=True)

    async def work() -> None:
        try:
            start = _instant(at)
            async with running_demo(chosen, data, start):
                typer.echo(
                    f"\n管家已启动，请用浏览器打开：http://127.0.0.1:{chosen.server.port}/\n按 Ctrl+C 停止。"
                )
                await _until_stopped()
        except OSError as error:
            raise stop(
                f"无法启动：{error}。换一个端口试试，例如 GUANJIA_SERVER__PORT=8090 make run"
            ) from error

    run(work())


def simulator(
    context: Context,
    port: Annotated[int, typer.Option(help="模拟器的端口")] = 8090,
    data: Annotated[Path, typer.Option(help="数据目录")] = Path("data"),
) -> None:
    """单独运行企业微信模拟器，按配置里的企业、应用和短信设置与 serve 对接。"""
    from bot.standalone_simulator import standalone

    options: Options = context.obj
    config = options.config()

    data.mkdir(parents=True, exist_ok=True)

    async def work() -> None:
        async with standalone(config, data, port):
            typer.echo(f"模拟器已启动：http://127.0.0.1:{port}/")
            await _until_stopped()

    run(work())


def _instant(text: str) -> datetime | None:
    """An ISO instant; without an offset it is the park's time. Ends the program with a sentence for nonsense."""
    from models.clock import LOCAL

    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise stop(f"看不懂这个时间：{text}。请写成 2026-03-16T09:00+08:00") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=LOCAL)
