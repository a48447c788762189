"""The processes of a rehearsal: a simulator that lives, and processes of the service that are killed and started again."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

import aiohttp

from bot.config import Config, load
from bot.demo import prepare
from models.database import Database
from tests.chaos.door import Door
from tests.chaos.nursery import Child, Nursery
from tests.chaos.process import ANSWER_FIRST, SharedClock
from tests.conftest import ROOT
from tests.stories.conftest import free_port

_READY_S = 240.0
_LOOK_S = 0.02


class Member:
    """One process of the service, again and again: its port stays."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.child: Child | None = None
        self.ready = False


class Stage:
    """Everything a run needs. starts_s: how long each start took; stops_s: each gentle stop."""

    def __init__(
        self, folder: Path, database_url: str, start: datetime, *, processes: int, broken: bool
    ) -> None:
        self.folder, self._broken = folder, broken
        self._ports = {"service": free_port(), "simulator": free_port()}
        self.members = [Member(free_port()) for _ in range(processes)]
        self.environment = _environment(folder, database_url, self._ports)
        self.config: Config = load(ROOT / "config.yaml", self.environment)
        clock_file = folder / "clock"
        self.clock = SharedClock(clock_file)
        self.clock.move(start)
        self.db = Database(database_url)
        self.log = folder / "service.log"
        self.nursery = Nursery(clock_file, self.log)
        self._door = Door([member.port for member in self.members])
        self._simulator: Child | None = None
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5))
        self.troubles = 0
        """Kills, freezes and restarts so far: who waits for something is as patient as it takes."""
        self.away = False
        """Whether the database's server is. Time must not fly then: what is old at the very first look is not answered."""
        self.starts_s: list[float] = []
        self.stops_s: list[float] = []

    @property
    def simulator(self) -> str:
        """Where people's phones are."""
        return f"http://127.0.0.1:{self._ports['simulator']}"

    async def start(self) -> None:
        """The park, the simulator, and the service for the first time."""
        await prepare(self.config, self.folder, self.clock.now())
        await self.nursery.open()
        port = str(self._ports["simulator"])
        command = ["simulator", "--port", port, "--data", str(self.folder)]
        self._simulator = await self.nursery.bear(command, self.environment)
        await self._answers(self.simulator + "/sim/clock", self._simulator)
        await self._door.open(self._ports["service"])
        for member in self.members:
            await self.begin(member)

    async def begin(self, member: Member) -> None:
        """A process over whatever is left; returns when it is ready."""
        begun = asyncio.get_running_loop().time()
        child = member.child = await self.bear(member)
        await self._answers(f"http://127.0.0.1:{member.port}/readyz", child)
        member.ready = True
        self.starts_s.append(asyncio.get_running_loop().time() - begun)

    async def bear(self, member: Member) -> Child:
        """A process in the place of this member, just started."""
        command = ["serve", *([ANSWER_FIRST] if self._broken else [])]
        port = {"GUANJIA_SERVER__PORT": str(member.port)}
        return await self.nursery.bear(command, self.environment | port)

    async def kill(self, member: Member) -> None:
        """SIGKILL at this instant."""
        child, member.ready = member.child, False
        self.troubles += 1
        if child:
            await child.end()

    async def stop(self, member: Member) -> None:
        """SIGTERM, and the time it takes."""
        begun = asyncio.get_running_loop().time()
        child, member.ready = member.child, False
        self.troubles += 1
        if child:
            await child.end(signal.SIGTERM)
        self.stops_s.append(asyncio.get_running_loop().time() - begun)

    async def freeze(self, member: Member, seconds: float) -> None:
        """Stands still for so long, then goes on as if nothing had been."""
        child, member.ready = member.child, False
        self.troubles += 1
        if child:
            child.send(signal.SIGSTOP)
            await asyncio.sleep(seconds)
            child.send(signal.SIGCONT)
        member.ready = True

    async def close(self) -> None:
        """Whatever happened, nothing of it is left."""
        for member in self.members:
            if member.child and member.child.lives:
                member.child.send(signal.SIGCONT)
                await self.stop(member)
        if self._simulator:
            await self._simulator.end(signal.SIGTERM)
        await self._door.close()
        await self.nursery.close()
        await self._http.close()
        await self.db.close()

    async def _answers(self, url: str, child: Child) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + _READY_S
        while loop.time() < until and child.lives:
            with suppress(aiohttp.ClientError, TimeoutError):
                async with self._http.get(url) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(_LOOK_S)
        end = self.log.read_text(errors="replace")[-600:]
        raise AssertionError(f"{url} never answered (lives: {child.lives}): {end}")


@asynccontextmanager
async def stage(
    folder: Path, database_url: str, start: datetime, *, processes: int = 1, broken: bool = False
) -> AsyncIterator[Stage]:
    """A running stage; whatever happens, its processes end with it."""
    built = Stage(folder, database_url, start, processes=processes, broken=broken)
    try:
        await built.start()
        yield built
    finally:
        await built.close()


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
