"""Fetches what customers wrote to 微信客服. A notification only says that there is something; the rows and the cursor of
each page are one commit, so nothing is read twice and nothing is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.kf_inbox import Page
from bot.channels.wecom_kf import WecomKf
from bot.core import Core
from bot.metrics import RECEIVED
from bot.wecom.envelope import KfNotice
from bot.wecom.errors import ErrorClass, classify
from models.errors import ProviderError, Refused
from models.messages import inbox
from models.messages.inbox import InboxMessage, InboxStatus
from models.messages.window import WINDOW, KfCursor

log = structlog.get_logger(__name__)

_RECALL = "user_recall_msg"
POLL = timedelta(seconds=90)
"""How often we look without having been told: a notification may be lost, and asking more often is not liked."""
OLD = timedelta(minutes=10)
"""Without a cursor the platform replays three days. At the very first pull what is older than this is kept, but not
answered; after a cursor was lost, what is older than this and than the last message we had.
"""
RECALLED, BEFORE_US = "对方已撤回", "接入前或游标丢失前的旧消息"


class KfReader:
    """Reads one KF account. Several notifications become one pull."""

    def __init__(self, core: Core, channel: WecomKf, open_kfid: str, tell_inbox: Callable[[], None]) -> None:
        self._core = core
        self._channel = channel
        self._open_kfid = open_kfid
        self._tell_inbox = tell_inbox
        self._notice: KfNotice | None = None
        self._next_poll: datetime | None = None
        self.retry_at: datetime | None = None
        """When what we were told of, and could not fetch, is fetched again."""
        self._turn = asyncio.Lock()
        self.wake = asyncio.Event()

    def notify(self, notice: KfNotice) -> None:
        """Somebody wrote; the newest token is the one to use."""
        self._notice = notice
        self.wake.set()

    async def drain(self) -> int:
        """Fetches everything there is, if we were told of something or have not looked for a while; new messages."""
        async with self._turn:
            now = self._core.clock.now()
            if not self._open_kfid or (self._notice is None and self._next_poll and now < self._next_poll):
                return 0
            notice, self._notice = self._notice or KfNotice(self._open_kfid, ""), None
            self._next_poll, self.retry_at = now + POLL, None
            try:
                return await self._pull(notice)
            except ProviderError as exc:
                log.warning("customers' messages not fetched", error=str(exc))
                if notice.token:
                    self._next_poll = self.retry_at = now + timedelta(seconds=5)
                return 0

    async def _pull(self, notice: KfNotice) -> int:
        async with self._core.db.read() as session:
            row = await session.get(KfCursor, notice.open_kfid)
        if row is None:
            return await self._pull_from(notice, "", first=True)
        try:
            return await self._pull_from(notice, row.cursor, first=False)
        except Refused as refusal:
            if classify(refusal.code) is not ErrorClass.CONTENT:
                raise
        log.warning("cursor not accepted, starting over", open_kfid=notice.open_kfid)
        return await self._pull_from(notice, "", first=True)

    async def _pull_from(self, notice: KfNotice, cursor: str, *, first: bool) -> int:
        new = 0
        async for page in self._channel.pull(notice, cursor):
            new += await self._store(notice.open_kfid, page, first)
            self._tell_inbox()
        return new

    async def _store(self, open_kfid: str, page: Page, first: bool) -> int:
        now = self._core.clock.now()
        async with self._core.db.begin() as session:
            since = await _answered_since(session, now) if first else None
            ids = await inbox.store(session, page.items, now)
            if since is not None:
                for row_id in ids:
                    row = await session.get_one(InboxMessage, row_id)
                    if row.message.sent_at < since:
                        row.status, row.error = InboxStatus.DONE, BEFORE_US
            recalled = [str(item.data.get("recall_msgid")) for item in page.items if item.action == _RECALL]
            await inbox.drop(session, "kf", recalled, RECALLED)
            await session.merge(KfCursor(open_kfid=open_kfid, cursor=page.cursor))
        RECEIVED.labels("new").inc(len(ids))
        RECEIVED.labels("repeated").inc(len(page.items) - len(ids))
        return len(ids)


async def _answered_since(session: AsyncSession, now: datetime) -> datetime:
    """What was sent before this instant is not answered when it turns up without a cursor."""
    last = await inbox.last_received(session, "kf")
    return min(now - OLD, max(last, now - WINDOW)) if last else now - OLD
