"""A stand-in for the platform that takes its time: `python -m tests.bench.standin LATENCY_MS`. It counts what came twice."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections import Counter

from aiohttp import web


async def serve(latency_s: float) -> None:
    """Serves until told to stop; then prints how many came, and how many more than once."""
    came: Counter[str] = Counter()

    async def token(_request: web.Request) -> web.Response:
        return web.json_response({"errcode": 0, "access_token": "bench", "expires_in": 7200})

    async def send(request: web.Request) -> web.Response:
        came[(await request.json())["touser"]] += 1
        await asyncio.sleep(latency_s)
        return web.json_response({"errcode": 0, "errmsg": "ok", "msgid": f"m{came.total()}"})

    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    app = web.Application()
    app.router.add_get("/cgi-bin/gettoken", token)
    app.router.add_post("/cgi-bin/message/send", send)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await stopped.wait()
    print(json.dumps([len(came), sum(times > 1 for times in came.values())]), flush=True)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]) / 1000))
