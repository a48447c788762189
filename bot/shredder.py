"""Deletes files that no row names any more. A file goes after its rows, so that a crash in between loses nothing."""

from __future__ import annotations

import asyncio

import structlog

from bot.core import Core
from models.privacy.doomed import doom, doomed, spare, still_named

log = structlog.get_logger(__name__)

CHUNK = 50
UNUSED_S = 3600.0
"""A file that was put again so lately may be about to be named by a row: it is looked at again later."""


class Shredder:
    """Works off models.privacy.doomed."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def work(self) -> int:
        """Deletes what is superfluous; how many files were looked at."""
        total = 0
        while count := await self._chunk():
            total += count
        return total

    async def _chunk(self) -> int:
        """The files go before the note that they have to: what is cut off is done once more."""
        async with self._core.db.begin() as session:
            now = self._core.clock.now()
            files = await doomed(session, now, CHUNK)
            if not files:
                await session.rollback()
                return 0
            gone = [each for each in files if not await still_named(session, each)]
            done = await asyncio.gather(*(self._core.files.delete(each, UNUSED_S) for each in gone))
            await spare(session, files)
            await doom(session, [each for each, away in zip(gone, done, strict=True) if not away], now)
        log.info("files deleted", count=len(gone), kept=len(files) - len(gone))
        return len(files)
