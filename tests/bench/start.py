"""From the start of the process to the first ready answer, and the memory of the service that then stands idle."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import aiohttp
import psutil
from aiohttp.test_utils import unused_port

from tests.bench.figure import Bench, Figure
from tests.bench.service import ROOT

SECONDS, MEMORY_MB = 2.0, 150
_PATIENCE_S = 120
_IMPORTS = "import aiohttp.web, sqlalchemy.ext.asyncio, wechatpy.enterprise, pydantic, alembic"


async def measure(bench: Bench) -> list[Figure]:
    """The second start: the first one makes the sample park. The limit is Python importing the libraries."""
    await ready(Path(bench.folder))
    runs = sorted([await ready(Path(bench.folder)) for _ in range(3)])
    seconds, memory_mb = runs[1]
    bare = sorted([await imports() for _ in range(3)])[1]
    return [
        Figure(
            section="start",
            name="second start of the demo until ready, beside the bare import of its libraries",
            value=seconds,
            unit="s",
            limit=bare,
            ratio=bare / seconds,
            target=f"< {SECONDS:.0f} s, < {MEMORY_MB} MB",
            met=seconds < SECONDS and memory_mb < MEMORY_MB,
            memory_mb=memory_mb,
        )
    ]


async def ready(data: Path) -> tuple[float, float]:
    """Seconds until ready, and MB then."""
    port = unused_port()
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--data", str(data), "--port", str(port),
        cwd=ROOT, env=os.environ | {"PYTHONWARNINGS": "ignore"}, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(_PATIENCE_S), aiohttp.ClientSession() as session:
            while not await _answers(session, port):
                await asyncio.sleep(0.01)
        return time.perf_counter() - began, psutil.Process(process.pid).memory_info().rss / 2**20
    finally:
        process.terminate()
        await process.wait()


async def _answers(session: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
            return answer.status == 200
    except aiohttp.ClientConnectionError:
        return False


async def imports() -> float:
    """Seconds for an interpreter that only loads what the service stands on."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(sys.executable, "-W", "ignore", "-c", _IMPORTS)
    await process.wait()
    return time.perf_counter() - began
