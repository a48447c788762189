"""One process that handles what waits in a database: `python -m tests.bench.handler URL`.

Says that it is ready, begins when it is told to, and ends when nothing waits any more.
"""

from __future__ import annotations

import asyncio
import logging
import sys

import structlog
from sqlalchemy import exists, select

from models.database import Database
from models.messages.inbox import InboxMessage, InboxStatus
from tests.bench.service import engine_over

_PAUSE_S = 0.002
"""While all that waits is somebody's whose message before another process is at."""


async def main(url: str) -> None:
    """Everything there is."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    database = Database(url)
    inbox = engine_over(database).inbox
    async with database.read() as session:  # connected before the clock runs
        await session.execute(select(1))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    while await inbox.drain() or await _waits(database):
        await asyncio.sleep(_PAUSE_S)
    await database.close()


async def _waits(database: Database) -> bool:
    async with database.read() as session:
        return bool(await session.scalar(select(exists().where(InboxMessage.status == InboxStatus.NEW))))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
