"""Messages in: stored before the platform is answered, handled afterwards (bot.handling)."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import structlog

from bot.core import Core
from bot.handling import Handling
from bot.media_copy import FetchMedia, MediaCopy
from bot.metrics import RECEIVED
from bot.together import tell
from handlers.dispatch import Dispatcher
from models.database_away import is_away
from models.errors import NotStored
from models.messages import inbox
from models.messages.inbound import Inbound

log = structlog.get_logger(__name__)

_BATCH = 500
_IDLE_TURNS = 3
"""A request needs so many turns of the loop from the socket to being stored."""
RETRY_AFTER_S = (0.0, 0.5, 1.5, 3.5)
ANSWER_WITHIN_S = 5.5
"""Longer than the platform waits (5 s): what it gave up waiting for it surely sends again, a 503 perhaps not."""
LOOK_S = 0.5
_MOST_WAITING = 10_000  # beyond this the sender is told to come again: memory must not grow with a slow disk
_NEW, _REPEATED = RECEIVED.labels("new"), RECEIVED.labels("repeated")


@dataclass(slots=True)
class _Waiting:
    """A message that is not on the disk yet. since: by the clock of the loop."""

    message: Inbound
    done: asyncio.Future[None]
    since: float


class Inbox:
    """Stores and handles. `wake` is set whenever there may be work."""

    def __init__(self, core: Core, dispatcher: Dispatcher, fetch: FetchMedia) -> None:
        self._core = core
        self._handling = Handling(core, dispatcher, MediaCopy(core, fetch))
        self._pending: list[_Waiting] = []
        self._committer: asyncio.Task[None] | None = None
        self._late: asyncio.TimerHandle
        self.wake = asyncio.Event()

    async def store(self, message: Inbound) -> None:
        """Returns when the message is on the disk. Calls that come together share one commit.

        Raises NotStored: then it is not, as far as we know. While the database is away it is tried all the same until
        it is back: by then the platform may have given up sending it.
        """
        if len(self._pending) >= _MOST_WAITING:
            raise NotStored("too many are waiting")
        loop = asyncio.get_running_loop()
        waiting = _Waiting(message, loop.create_future(), loop.time())
        self._pending.append(waiting)
        if self._committer is None or self._committer.done():
            self._committer = asyncio.create_task(self._commit_pending())
        await waiting.done

    async def _commit_pending(self) -> None:
        while self._pending:
            await self._others_here()
            batch = self._pending[:_BATCH]
            outcome: BaseException | None = None
            self._late = asyncio.get_running_loop().call_later(LOOK_S, self._look)
            try:
                await self._commit([each.message for each in batch])
            except Exception as exc:
                outcome = NotStored(
                    type(exc).__name__
                )  # before anything else, for only this keeps back the 200
                log.exception("messages not stored", count=len(batch))
            except BaseException as exc:
                outcome = exc  # the process is going down: nobody may believe that this was stored
                raise
            finally:
                self._late.cancel()
                del self._pending[: len(batch)]
                tell([each.done for each in batch], outcome)

    async def _others_here(self) -> None:
        """Lets what has already reached the machine join this commit: as long as every few turns of the loop bring more."""
        seen, idle = len(self._pending), 0
        while idle < _IDLE_TURNS and seen < _BATCH:
            await asyncio.sleep(0)
            idle = idle + 1 if len(self._pending) == seen else 0
            seen = len(self._pending)

    def _look(self) -> None:
        """While a try hangs: whoever has waited for too long is told so."""
        self._dismiss(ANSWER_WITHIN_S)
        self._late = asyncio.get_running_loop().call_later(LOOK_S, self._look)

    def _dismiss(self, waited_s: float) -> None:
        """Answers those who have waited for so long; what they brought goes on waiting."""
        latest = asyncio.get_running_loop().time() - waited_s
        tell([each.done for each in self._pending if each.since <= latest], NotStored("not stored in time"))

    async def _commit(self, messages: Sequence[Inbound]) -> None:
        """Tries some times; as long as it takes where it is the database that is away. They keep their order."""
        for tries in count():
            try:
                await self._commit_once(messages)
            except Exception as exc:
                if tries < len(RETRY_AFTER_S):
                    log.exception("messages not stored yet", count=len(messages))
                elif is_away(exc):
                    log.warning("messages not stored yet", count=len(self._pending), error=type(exc).__name__)
                    self._dismiss(0)
                else:
                    raise
            else:
                return
            await asyncio.sleep(RETRY_AFTER_S[min(tries, len(RETRY_AFTER_S) - 1)])

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
