"""Fetches what customers wrote to 微信客服. A notification only says that there is something; the rows and the cursor of
each page are one commit, so nothing is read twice and nothing is lost.
"""

from __future__ import annotations

import asyncio
import secrets
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
from models.messages.kf_cursor import last_pulled, leave_account, move_on, take_account
from models.messages.window import WINDOW

log = structlog.get_logger(__name__)

_RECALL = "user_recall_msg"
POLL = timedelta(seconds=60)
"""How often one of the processes looks without having been told: a notification may be lost, also with a process that
answered it and died. Asking more often is not liked.
"""
SOON = timedelta(seconds=10)
"""A process that starts again and again must not look more often: ten times a minute is the limit (wecom.md 4.2)."""
HELD = timedelta(seconds=1)
"""When to come again while another process is fetching."""
_AGAIN = timedelta(seconds=5)
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
        self._owner = secrets.token_hex(8)
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
        """Fetches everything there is, if we were told of something or nobody has looked for a while; new messages."""
        async with self._turn:
            now = self._core.clock.now()
            if not self._open_kfid or not await self._is_due(now):
                return 0
            notice = self._notice or KfNotice(self._open_kfid, "")
            cursor = await self._take(notice, now)
            if cursor is None:
                self._come_again(notice, now + HELD)
                return 0
            self._notice, self._next_poll, self.retry_at = None, now + POLL, None
            return await self._pull_and_leave(notice, cursor, now)

    async def _pull_and_leave(self, notice: KfNotice, cursor: str, now: datetime) -> int:
        try:
            return await self._pull(notice, cursor)
        except ProviderError as exc:
            log.warning("customers' messages not fetched", error=str(exc))
            if notice.token:
                self._next_poll = self.retry_at = now + _AGAIN
            return 0
        except Exception:
            self._come_again(notice, now + _AGAIN)
            raise
        finally:
            async with self._core.db.begin() as session:
                await leave_account(session, notice.open_kfid, self._owner, self._core.clock.now())

    async def _is_due(self, now: datetime) -> bool:
        """Whether to fetch now: told, or nobody has for a while; sooner after a start, for the dead may have been told."""
        if self._notice is not None:
            return True
        started = self._next_poll is None
        if self._next_poll is not None and self._next_poll > now + POLL:  # the clock was put back
            self._next_poll = now
        if self._next_poll is None or (now >= self._next_poll and self.retry_at is None):
            async with self._core.db.read() as session:
                last = await last_pulled(session, self._open_kfid)
            self._next_poll = last + (SOON if started else POLL) if last and last <= now else now
            self.retry_at = self._next_poll if started else None
        return now >= self._next_poll

    async def _take(self, notice: KfNotice, now: datetime) -> str | None:
        """The cursor to go on from; None while another process is fetching."""
        async with self._core.db.begin() as session:
            row = await take_account(session, notice.open_kfid, self._owner, now)
            return row.cursor if row else None

    def _come_again(self, notice: KfNotice, at: datetime) -> None:
        """What we were told of may have come after the other process's last page."""
        if notice.token and self._notice is None:
            self._notice = notice
        self._next_poll = self.retry_at = at

    async def _pull(self, notice: KfNotice, cursor: str) -> int:
        if not cursor:
            return await self._pull_from(notice, "", first=True)
        try:
            return await self._pull_from(notice, cursor, first=False)
        except Refused as refusal:
            if classify(refusal.code) is not ErrorClass.CONTENT:
                raise
        log.warning("cursor not accepted, starting over", open_kfid=notice.open_kfid)
        return await self._pull_from(notice, "", first=True)

    async def _pull_from(self, notice: KfNotice, cursor: str, *, first: bool) -> int:
        new = 0
        async for page in self._channel.pull(notice, cursor):
            stored = await self._store(notice.open_kfid, page, first)
            if stored is None:
                log.warning("another process fetches now", open_kfid=notice.open_kfid)
                break
            new += stored
            self._tell_inbox()
        return new

    async def _store(self, open_kfid: str, page: Page, first: bool) -> int | None:
        """How many of the page are new; None when this process was replaced meanwhile: then nothing is stored."""
        now = self._core.clock.now()
        async with self._core.db.begin() as session:
            if not await move_on(session, open_kfid, self._owner, page.cursor, now):
                return None
            since = await _answered_since(session, now) if first else None
            ids = await inbox.store(session, page.items, now)
            if since is not None:
                for row_id in ids:
                    row = await session.get_one(InboxMessage, row_id)
                    if row.message.sent_at < since:
                        row.status, row.error = InboxStatus.DONE, BEFORE_US
            recalled = [str(item.data.get("recall_msgid")) for item in page.items if item.action == _RECALL]
            await inbox.drop(session, "kf", recalled, RECALLED)
        RECEIVED.labels("new").inc(len(ids))
        RECEIVED.labels("repeated").inc(len(page.items) - len(ids))
        return len(ids)


async def _answered_since(session: AsyncSession, now: datetime) -> datetime:
    """What was sent before this instant is not answered when it turns up without a cursor."""
    last = await inbox.last_received(session, "kf")
    return min(now - OLD, max(last, now - WINDOW)) if last else now - OLD
