"""Where processes are born: a template that has imported the service already and makes a copy of itself for each.

A start from nothing spends two seconds on imports; a copy is the very same process in a tenth of that, so that ten times
as many can be killed. Every copy is a process of its own: SIGKILL, SIGSTOP and SIGTERM reach it and nobody else.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tests.conftest import ROOT

_LOOK_S = 0.005


class Child:
    """One process."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    @property
    def lives(self) -> bool:
        """Whether it has not ended yet. The template lets nobody linger as a zombie."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, 0)
            return True
        return False

    def send(self, number: int) -> None:
        """A signal, if it is still there."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    async def end(self, number: int = signal.SIGKILL) -> None:
        """The signal, and returns when it is gone."""
        self.send(number)
        while self.lives:
            await asyncio.sleep(_LOOK_S)


class Nursery:
    """Makes processes on one clock. All of them write into one log."""

    def __init__(self, clock_file: Path, log: Path) -> None:
        self._clock_file, self._log = clock_file, log
        self._template: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        """Starts the template."""
        self._template = await asyncio.create_subprocess_exec(
            sys.executable, "-W", "ignore", "-m", "tests.chaos.process", str(self._clock_file), "nursery",
            cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip

    async def bear(self, command: list[str], environment: Mapping[str, str]) -> Child:
        """A new process that runs this command of `python -m bot`."""
        order = {"command": command, "environment": dict(environment), "log": str(self._log)}
        template = self._template
        if template is None or template.stdin is None or template.stdout is None:
            raise RuntimeError("the nursery is not open")
        async with self._turn:
            template.stdin.write(json.dumps(order).encode() + b"\n")
            await template.stdin.drain()
            return Child(int(await template.stdout.readline()))

    async def close(self) -> None:
        """Ends the template; its children live on."""
        if self._template and self._template.stdin:
            self._template.stdin.close()
            await self._template.wait()
