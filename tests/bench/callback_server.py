"""The servers that callbacks are sent to, each in a process: `python -m tests.bench.callback_server KIND`.

"mem" is the reference: aiohttp and wechatpy, check, decrypt, parse, answer 200, keep nothing. Anything else is the
address of a database, and the real routes over it. The first line printed is the port, the last one the memory in MB and
the processor time in seconds.
"""

from __future__ import annotations

import asyncio
import gc
import json
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import psutil
from aiohttp import web
from wechatpy.enterprise import parse_message
from wechatpy.enterprise.crypto import WeChatCrypto

from tests.bench.load import AES_KEY, CORP_ID, TOKEN

ROOT = Path(__file__).parent.parent.parent


@asynccontextmanager
async def reference() -> AsyncIterator[web.Application]:
    """What most bots do, without keeping anything."""
    crypto = WeChatCrypto(TOKEN, AES_KEY, CORP_ID)

    async def callback(request: web.Request) -> web.Response:
        query = request.query
        plain = crypto.decrypt_message(
            await request.read(), query["msg_signature"], query["timestamp"], query["nonce"]
        )
        parse_message(plain)
        return web.Response()

    app = web.Application()
    app.router.add_post("/wecom/callback", callback)
    yield app


@asynccontextmanager
async def ours(url: str) -> AsyncIterator[web.Application]:
    """The real routes, which store before they answer."""
    # Imported here, so that the reference has nothing of ours to carry.
    from bot.assembly import assemble
    from bot.config import load
    from bot.core import Core
    from bot.engine import spare_the_collector
    from bot.files import FileStore
    from bot.web import CallbackRoutes
    from bot.wecom.crypto import WecomCrypto
    from models.clock import SystemClock
    from models.database import Database
    from tests.bench.silence import CHANNELS, no_media

    config = load(ROOT / "config.yaml", {})
    database = Database(url)
    await database.create_all()
    core = Core(database, SystemClock(), config.rules(), config.working_calendar(), FileStore(Path()))
    engine = assemble(core, CHANNELS, no_media)
    app = web.Application(client_max_size=1024 * 1024)
    spare_the_collector()  # as the service does when it starts
    CallbackRoutes(core, WecomCrypto(TOKEN, AES_KEY, CORP_ID), engine.inbox, engine.kf).add_to(app)
    yield app
    await database.close()


@asynccontextmanager
async def listening(app: web.Application) -> AsyncIterator[int]:
    """Serves on a free port, set up like the service, without importing it."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def serve(kind: str) -> None:
    """Serves until told to stop."""
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    chosen: AbstractAsyncContextManager[web.Application] = reference() if kind == "mem" else ours(kind)
    async with chosen as app, listening(app) as port:
        gc.freeze()
        process, before = psutil.Process(), time.process_time()
        print(port, flush=True)
        await stopped.wait()
        print(json.dumps([process.memory_info().rss / 2**20, time.process_time() - before]), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
