"""Helpers of the measurement that run beside it: started here, stopped here."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from tests.bench.load import Order, Result

# wechatpy was written for an older Python and says so on every start.
_PYTHON = (sys.executable, "-W", "ignore", "-m")


class Server:
    """A running server process: its port, and after its end what it reported."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process = process
        self.port = port
        self.report: Any = None

    async def stop(self) -> None:
        """Ends it and takes its last words."""
        if self._process.returncode is None:
            self._process.terminate()
        said, _ = await self._process.communicate()
        self.report = json.loads(said.decode().splitlines()[-1]) if said.strip() else None


@asynccontextmanager
async def server(module: str, *arguments: str) -> AsyncIterator[Server]:
    """Starts a module that prints its port first."""
    process = await asyncio.create_subprocess_exec(*_PYTHON, module, *arguments, stdout=PIPE)
    if process.stdout is None:
        raise RuntimeError("a pipe was asked for")
    running = Server(process, int(await process.stdout.readline()))
    try:
        yield running
    finally:
        await running.stop()


async def load(order: Order) -> Result:
    """Sends callbacks from a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *_PYTHON, "tests.bench.load", json.dumps(asdict(order)), stdout=PIPE
    )
    said, _ = await process.communicate()
    return Result(**json.loads(said))
