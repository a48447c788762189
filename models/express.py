"""A connection kept for statements that are transactions by themselves: no session, no BEGIN, no COMMIT around them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

Found = TypeVar("Found")


class Express:
    """Opened when it is used first, and anew after a failure. Calls take turns."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._kept: AsyncConnection | None = None
        self._driver: Any = None
        self._turn = asyncio.Lock()

    @property
    def is_open(self) -> bool:
        """Whether it holds a connection of the pool."""
        return self._kept is not None

    async def run(self, work: Callable[[Any], Awaitable[Found]]) -> Found:
        """What the driver's connection says to that."""
        async with self._turn:
            return await self._run(work)

    async def _run(self, work: Callable[[Any], Awaitable[Found]]) -> Found:
        if self._is_cut():
            await self._give_up()
        if self._kept is None:
            self._kept = await self._engine.connect()
        try:
            self._driver = self._driver or (await self._kept.get_raw_connection()).driver_connection
            return await work(self._driver)
        except BaseException:
            await self._give_up()
            raise

    def _is_cut(self) -> bool:
        """Whether the server has ended the connection, as far as is known here."""
        return bool(self._driver) and getattr(self._driver, "is_closed", bool)()

    async def _give_up(self) -> None:
        """Whatever happened to it, nobody shall meet this connection again."""
        cut, broken = self._is_cut(), self._kept
        self._kept = self._driver = None
        if broken:
            await broken.invalidate()
            await broken.close()
        if cut:
            # So is whatever else lies in the pool: the next tries must not spend themselves on these.
            await self._engine.dispose()

    async def close(self) -> None:
        """Gives the connection back."""
        if self._kept:
            await self._kept.close()
        self._kept = self._driver = None
