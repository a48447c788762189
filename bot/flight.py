"""Work under way at the same time, and waiting for some of it to end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self


class Flight:
    """Tasks under way. The first failure is raised by whoever waits; the others go on to their own end.

    landed: how many have ended.
    Left by an exception while nobody failed, it is being cancelled: then what is under way is cancelled too.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self.landed = 0
        self._change = asyncio.Event()
        self._failure: BaseException | None = None

    def __len__(self) -> int:
        return len(self._tasks)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        if kind is None:
            await self.until(0)
        elif issubclass(kind, asyncio.CancelledError):
            for task in self._tasks:
                task.cancel()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """One more."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._land)

    def _land(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        failure = None if task.cancelled() else task.exception()
        self._failure = self._failure or failure
        self.landed += 1
        self._change.set()

    async def until(self, most: int) -> None:
        """Waits until so many are under way at most."""
        while not self._failure and len(self._tasks) > most:
            self._change.clear()
            await self._change.wait()
        if self._failure:
            raise self._failure

    async def change(self, also: asyncio.Event, at_most_s: float) -> None:
        """Waits until something has landed, or the event is set, or for so long."""
        self._change.clear()
        waits = [asyncio.create_task(self._change.wait()), asyncio.create_task(also.wait())]
        try:
            await asyncio.wait(waits, timeout=at_most_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        also.clear()
        if self._failure:
            raise self._failure
