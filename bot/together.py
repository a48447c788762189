"""Many short changes in one transaction: a commit waits for the disk, and those that come meanwhile share the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from models.database import Database

log = structlog.get_logger(__name__)

T = TypeVar("T")
_Lot = list[tuple[T, asyncio.Future[None]]]


class Together(Generic[T]):
    """Writes what comes at the same time together; where that fails, each by itself."""

    def __init__(self, db: Database, write: Callable[[AsyncSession, Sequence[T]], Awaitable[None]]) -> None:
        self._db = db
        self._write_all = write
        self._waiting: _Lot[T] = []
        self._writer: asyncio.Task[None] | None = None

    async def write(self, change: T) -> None:
        """Returns when it is committed; raises what came in the way of this one."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((change, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._work())
        await done

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        lot: _Lot[T] = []
        try:
            while self._waiting:
                lot, self._waiting = self._waiting, []
                began = loop.time()
                if len(lot) == 1 or await self._commit(lot):
                    for each in lot:
                        await self._commit([each])
                if self._waiting:
                    # They come faster than they are written: larger lots leave time for what brings them.
                    await asyncio.sleep(loop.time() - began)
        except BaseException as end:
            # The process is going down: nobody may believe that this was written, nor wait for it any longer.
            tell(_futures([*lot, *self._waiting]), end)
            self._waiting.clear()

    async def _commit(self, lot: _Lot[T]) -> bool:
        """Whether something came in the way. What is alone is told of it."""
        try:
            async with self._db.begin() as session:
                await self._write_all(session, [change for change, _ in lot])
        except Exception as failure:
            log.warning("not written", count=len(lot), error=type(failure).__name__)
            if len(lot) == 1:
                tell(_futures(lot), failure)
            return True
        tell(_futures(lot))
        return False


def tell(waiting: Iterable[asyncio.Future[None]], end: BaseException | None = None) -> None:
    """Lets those go on who wait for a commit: it is made, or this came in its way."""
    for done in waiting:
        if done.done():
            continue  # whoever waited has gone
        if end is None:
            done.set_result(None)
        else:
            done.set_exception(end)


def _futures(lot: _Lot[Any]) -> list[asyncio.Future[None]]:
    return [done for _, done in lot]
