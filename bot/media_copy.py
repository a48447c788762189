"""Copies what came with a message into our own store; the platform keeps it for three days only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.core import Core
from models.errors import Refused, UserError
from models.messages.alarm import alarm
from models.messages.inbound import Inbound
from models.messages.inbox import InboxMessage
from models.messages.media import Media

log = structlog.get_logger(__name__)

TRIES = 3
"""After so many the message is handled without what came with it."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A picture or file copied from the platform."""

    name: str
    content_type: str
    data: bytes


FetchMedia = Callable[[Inbound], Awaitable[Fetched]]


class MediaCopy:
    """Fetches and keeps."""

    def __init__(self, core: Core, fetch: FetchMedia) -> None:
        self._core = core
        self._fetch = fetch

    async def copy(self, inbox_id: int, message: Inbound) -> None:
        """Keeps what came with that message, or puts the message off."""
        try:
            fetched = await self._fetch(message)
        except Exception as exc:
            log.warning("media not fetched", inbox_id=inbox_id, error=type(exc).__name__)
            await self._put_off(inbox_id, final=isinstance(exc, UserError | Refused))
            return
        try:
            sha256 = await self._core.files.put(fetched.data)
        except OSError as fault:
            await self._not_kept(inbox_id, fault)
            return
        async with self._core.db.begin() as session:
            session.add(
                Media(
                    inbox_id=inbox_id,
                    channel=message.channel,
                    sender=message.sender,
                    kind=str(message.kind),
                    name=fetched.name,
                    content_type=fetched.content_type,
                    sha256=sha256,
                    size_bytes=len(fetched.data),
                    received_at=self._core.clock.now(),
                )
            )

    async def _not_kept(self, inbox_id: int, fault: OSError) -> None:
        """The disk takes no file: this message waits for it, those of other people do not."""
        log.error("file not kept", inbox_id=inbox_id, error=fault.strerror)
        now = self._core.clock.now()
        async with self._core.db.begin() as session:
            fresh = await session.get_one(InboxMessage, inbox_id, with_for_update=True)
            fresh.retry_at = now + timedelta(minutes=1)
            text = f"收到的照片存不进 storage.path（{fault.strerror}）。请清理磁盘或检查权限，消息都留着，每分钟自动再试。"
            await alarm(session, "disk", text, now, self._core.rules)

    async def _put_off(self, inbox_id: int, *, final: bool) -> None:
        """Another try in a few seconds; in the end the message is handled without what came with it."""
        async with self._core.db.begin() as session:
            fresh = await session.get_one(InboxMessage, inbox_id, with_for_update=True)
            fresh.attempts = TRIES if final else fresh.attempts + 1
            fresh.retry_at = None if final else self._core.clock.now() + timedelta(seconds=3 * fresh.attempts)
