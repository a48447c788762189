"""The processes of a rehearsal: a simulator that lives, a service that is killed and started again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from random import Random

import aiohttp

from bot.config import Config, load
from bot.demo import prepare
from models.database import Database
from tests.chaos.process import ANSWER_FIRST, SharedClock
from tests.conftest import ROOT
from tests.stories.conftest import free_port

_READY_S = 240.0


class Stage:
    """Everything a run needs. kills: how many there were; starts_s: how long each start took."""

    def __init__(self, folder: Path, database_url: str, start: datetime, *, broken: bool) -> None:
        self.folder, self._broken = folder, broken
        self._ports = {"service": free_port(), "simulator": free_port()}
        self.environment = _environment(folder, database_url, self._ports)
        self.config: Config = load(ROOT / "config.yaml", self.environment)
        self._clock_file = folder / "clock"
        self.clock = SharedClock(self._clock_file)
        self.clock.move(start)
        self.db = Database(database_url)
        self._service: subprocess.Popen[bytes] | None = None
        self._simulator: subprocess.Popen[bytes] | None = None
        self.kills = 0
        self.starts_s: list[float] = []
        self.log = folder / "service.log"

    @property
    def simulator(self) -> str:
        """Where people's phones are."""
        return f"http://127.0.0.1:{self._ports['simulator']}"

    @property
    def service(self) -> str:
        """Where the service answers."""
        return f"http://127.0.0.1:{self._ports['service']}"

    def _spawn(self, *command: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "tests.chaos.process", str(self._clock_file), *command],
                cwd=ROOT, env={**os.environ, **self.environment}, stdout=log, stderr=log,
            )  # fmt: skip

    async def start(self) -> None:
        """The park, the simulator, and the service for the first time."""
        await prepare(self.config, self.folder, self.clock.now())
        port = str(self._ports["simulator"])
        self._simulator = self._spawn("simulator", "--port", port, "--data", str(self.folder))
        await self._answers(self.simulator + "/sim/clock", self._simulator)
        await self.start_service()

    async def start_service(self) -> None:
        """A service over whatever is left; returns when it is ready."""
        self._service = self._spawn("serve", *([ANSWER_FIRST] if self._broken else []))
        begun = asyncio.get_running_loop().time()
        await self._answers(self.service + "/readyz", self._service)
        self.starts_s.append(asyncio.get_running_loop().time() - begun)

    async def kill(self, random: Random) -> None:
        """SIGKILL at this instant, and another process at once. One in ten dies again while it starts."""
        process = self._service
        if process is None:
            raise RuntimeError("nothing runs")
        process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(process.wait)
        self.kills += 1
        if random.random() < 0.1:
            newborn = self._spawn("serve", *([ANSWER_FIRST] if self._broken else []))
            await asyncio.sleep(random.uniform(0.2, 3))
            newborn.kill()
            await asyncio.to_thread(newborn.wait)
            self.kills += 1
        await self.start_service()

    async def stop_gently(self) -> float:
        """SIGTERM; how many seconds it took."""
        begun = asyncio.get_running_loop().time()
        for process in (self._service, self._simulator):
            if process and process.poll() is None:
                process.terminate()
                await asyncio.to_thread(process.wait)
        return asyncio.get_running_loop().time() - begun

    async def _answers(self, url: str, process: subprocess.Popen[bytes]) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + _READY_S
        async with aiohttp.ClientSession() as session:
            while loop.time() < until and process.poll() is None:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(url) as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.05)
        end = self.log.read_text(errors="replace")[-600:]
        raise AssertionError(f"{url} never answered (ended with {process.poll()}): {end}")


@asynccontextmanager
async def stage(folder: Path, database_url: str, start: datetime, *, broken: bool) -> AsyncIterator[Stage]:
    """A running stage; whatever happens, its processes end with it."""
    built = Stage(folder, database_url, start, broken=broken)
    try:
        await built.start()
        yield built
    finally:
        await built.stop_gently()
        await built.db.close()


def _environment(folder: Path, database_url: str, ports: dict[str, int]) -> dict[str, str]:
    simulator = f"http://127.0.0.1:{ports['simulator']}"
    settings = {
        "DATABASE__URL": database_url, "STORAGE__PATH": str(folder / "files"),
        "ARCHIVE__PATH": str(folder / "archive"), "ARCHIVE__KEY": "chaos-archive-key-0123456789",
        "SERVER__PORT": str(ports["service"]), "SERVER__PUBLIC_URL": f"http://127.0.0.1:{ports['service']}",
        "WECOM__API_BASE": simulator, "WECOM__CORP_ID": "ww0chaos00000000", "WECOM__AGENT_ID": "1000002",
        "WECOM__SECRET": "chaos-secret", "WECOM__TOKEN": "chaostoken", "WECOM__OPEN_KFID": "wk0chaos00000000",
        "WECOM__AES_KEY": "ChaosAesKey0123456789abcdefghijklmnopqrstuv", "SMS__BASE_URL": simulator,
        "SMS__KEY": "chaos-sms-key",
    }  # fmt: skip
    return {f"GUANJIA_{name}": value for name, value in settings.items()}
