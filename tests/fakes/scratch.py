"""A database for made-up examples: each one writes what it likes, and nothing of it stays for the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from models.database import Database


class Scratch:
    """One SQLite database that is opened once for all examples, on a loop of its own."""

    def __init__(self, path: Path) -> None:
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._db = Database(f"sqlite+aiosqlite:///{path}", durable=False)

    def run(self, example: Callable[[AsyncSession], Awaitable[None]]) -> None:
        """The example in a transaction that is rolled back."""
        self._runner.run(self._rolled_back(example))

    async def _rolled_back(self, example: Callable[[AsyncSession], Awaitable[None]]) -> None:
        async with self._db.read() as session:
            await example(session)

    def close(self) -> None:
        """At the end of the module."""
        self._runner.run(self._db.close())
        self._runner.close()
