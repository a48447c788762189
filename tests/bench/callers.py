"""The platform's side of the callback under load: connections that send, wait for the answer, and send again.

It is written on bare protocols, so that the one who measures costs little beside the one who is measured.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator

_OK = b"HTTP/1.1 200"
_END = b"\r\n\r\n"


class Caller(asyncio.Protocol):
    """One kept connection with at most one request on its way. `idle` is called when its answer has come."""

    def __init__(self, idle: Callable[[Caller], None]) -> None:
        self._idle = idle
        self._answer = b""
        self._since = 0.0
        self.latencies_s: list[float] = []
        self.refused = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready to send."""
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]  # TCP can write

    def send(self, request: bytes, since: float) -> None:
        """Sends; the wait is counted from `since`."""
        self._since = since
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Answers have no body: the end of the headers is the end."""
        self._answer += data
        if not self._answer.endswith(_END):
            return
        self.latencies_s.append(time.perf_counter() - self._since)
        self.refused += not self._answer.startswith(_OK)
        self._answer = b""
        self._idle(self)

    def close(self) -> None:
        """Hangs up."""
        self._transport.close()


class Crowd:
    """Many callers working through one list of requests."""

    def __init__(self, requests: list[bytes]) -> None:
        self._requests: Iterator[bytes] = iter(requests)
        self._left = len(requests)
        self._done = asyncio.Event()
        self._free: deque[Caller] = deque()
        self._late: deque[float] = deque()
        self.callers: list[Caller] = []

    async def connect(self, port: int, count: int) -> None:
        """Opens the connections."""
        loop = asyncio.get_running_loop()
        for _ in range(count):
            _, caller = await loop.create_connection(lambda: Caller(self._idle), "127.0.0.1", port)
            self.callers.append(caller)

    async def closed_loop(self) -> float:
        """Everybody sends again as soon as answered; seconds it took."""
        self._next = self._send_now
        began = time.perf_counter()
        for caller in self.callers:
            self._send_now(caller)
        await self._done.wait()
        return time.perf_counter() - began

    async def at_rate(self, per_s: float) -> float:
        """Requests fall due evenly; one that finds nobody free waits, and its wait counts."""
        self._next = self._send_late
        self._free.extend(self.callers)
        began = time.perf_counter()
        for i in range(self._left):
            due = began + i / per_s
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            self._late.append(due)
            if self._free:
                self._send_late(self._free.popleft())
        await self._done.wait()
        return time.perf_counter() - began

    def _idle(self, caller: Caller) -> None:
        self._left -= 1
        if not self._left:
            self._done.set()
        self._next(caller)

    def _send_now(self, caller: Caller) -> None:
        if request := next(self._requests, None):
            caller.send(request, time.perf_counter())

    def _send_late(self, caller: Caller) -> None:
        if self._late:
            caller.send(next(self._requests), self._late.popleft())
        else:
            self._free.append(caller)
