"""Messages in: stored before the platform is answered, handled afterwards (bot.handling)."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

import structlog

from bot.core import Core
from bot.handling import Handling
from bot.media_copy import FetchMedia, MediaCopy
from bot.metrics import RECEIVED
from bot.together import tell
from handlers.dispatch import Dispatcher
from models.errors import NotStored
from models.messages import inbox
from models.messages.inbound import Inbound

log = structlog.get_logger(__name__)

_BATCH = 500
_IDLE_TURNS = 3
"""A request needs so many turns of the loop from the socket to being stored."""
RETRY_AFTER_S = (0.0, 0.5, 1.5, 3.5)  # the platform waits for 5 s
_MOST_WAITING = 10_000  # beyond this the sender is told to come again: memory must not grow with a slow disk
_NEW, _REPEATED = RECEIVED.labels("new"), RECEIVED.labels("repeated")


class Inbox:
    """Stores and handles. `wake` is set whenever there may be work."""

    def __init__(self, core: Core, dispatcher: Dispatcher, fetch: FetchMedia) -> None:
        self._core = core
        self._handling = Handling(core, dispatcher, MediaCopy(core, fetch))
        self._pending: list[tuple[Inbound, asyncio.Future[None]]] = []
        self._committer: asyncio.Task[None] | None = None
        self.wake = asyncio.Event()

    async def store(self, message: Inbound) -> None:
        """Returns when the message is on the disk. Calls that come together share one commit.

        Raises NotStored: then it is not, as far as we know.
        """
        if len(self._pending) >= _MOST_WAITING:
            raise NotStored("too many are waiting")
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pending.append((message, done))
        if self._committer is None or self._committer.done():
            self._committer = asyncio.create_task(self._commit_pending())
        await done

    async def _commit_pending(self) -> None:
        while self._pending:
            await self._others_here()
            batch, self._pending = self._pending[:_BATCH], self._pending[_BATCH:]
            outcome: BaseException | None = None
            try:
                await self._commit([message for message, _ in batch])
            except Exception as exc:
                outcome = NotStored(
                    type(exc).__name__
                )  # before anything else, for only this keeps back the 200
                log.exception("messages not stored", count=len(batch))
            except BaseException as exc:
                outcome = exc  # the process is going down: nobody may believe that this was stored
                raise
            finally:
                tell([done for _, done in batch], outcome)

    async def _others_here(self) -> None:
        """Lets what has already reached the machine join this commit: as long as every few turns of the loop bring more."""
        seen, idle = len(self._pending), 0
        while idle < _IDLE_TURNS and seen < _BATCH:
            await asyncio.sleep(0)
            idle = idle + 1 if len(self._pending) == seen else 0
            seen = len(self._pending)

    async def _commit(self, messages: Sequence[Inbound]) -> None:
        """Tries for longer than the platform waits: what it gave up waiting for it surely sends again, a 503 perhaps not."""
        for wait_s in RETRY_AFTER_S:
            try:
                await self._commit_once(messages)
            except Exception:
                log.exception("messages not stored yet", count=len(messages))
                await asyncio.sleep(wait_s)
            else:
                return
        await self._commit_once(messages)

    async def _commit_once(self, messages: Sequence[Inbound]) -> None:
        new = await inbox.store_alone(self._core.db, messages, self._core.clock.now())
        _NEW.inc(new)
        _REPEATED.inc(len(messages) - new)
        self.wake.set()

    async def drain(self, most: int = sys.maxsize) -> int:
        """Handles up to `most` of what may be handled now; how many."""
        handled = 0
        while handled < most and (more := await self._handling.some(most - handled)):
            handled += more
        return handled
