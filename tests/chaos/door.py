"""The one address of several processes, as a reverse proxy gives it: each connection goes to the next that answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

_CHUNK = 65536


class Door:
    """Listens on one port and hands connections to others in turn."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports = tuple(ports)
        self._next = 0
        self._server: asyncio.Server | None = None
        self._kept: set[asyncio.Task[None]] = set()

    async def open(self, port: int) -> None:
        """From here on it is open."""
        self._server = await asyncio.start_server(self._enter, "127.0.0.1", port)

    async def close(self) -> None:
        """Cuts off who is still in it."""
        if self._server:
            self._server.close()
        for task in self._kept:
            task.cancel()
        await asyncio.gather(*self._kept, return_exceptions=True)

    async def _enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task:
            self._kept.add(task)
            task.add_done_callback(self._kept.discard)
        try:
            inner = await self._inner()
            if inner:
                await _join(reader, writer, *inner)
        finally:
            writer.close()

    async def _inner(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A connection to the next process that listens; None when there is none."""
        for _ in self._ports:
            self._next = (self._next + 1) % len(self._ports)
            with suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", self._ports[self._next])
        return None


async def _join(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    inner_reader: asyncio.StreamReader,
    inner_writer: asyncio.StreamWriter,
) -> None:
    """Both ways, until one side has gone."""
    ways = [
        asyncio.create_task(_pass(reader, inner_writer)),
        asyncio.create_task(_pass(inner_reader, writer)),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        inner_writer.close()


async def _pass(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(_CHUNK):
            target.write(data)
            await target.drain()
