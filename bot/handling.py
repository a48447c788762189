"""Stored messages become what they cause. On SQLite several share a transaction: a commit costs more than a command.

This is the error border for messages: a UserError becomes the answer; anything else leaves the row failed, an apology
to the sender and an alarm to the operator. What fails takes the others of its transaction back with it, untouched:
they are handled again.
"""

from __future__ import annotations

import time
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.contextvars import bound_contextvars

from bot.core import Core
from bot.media_copy import TRIES, MediaCopy
from bot.metrics import HANDLED
from handlers.context import Ctx
from handlers.dispatch import Dispatcher
from models.database_away import is_away
from models.errors import UserError
from models.messages import inbox
from models.messages.alarm import alarm
from models.messages.inbound import Inbound, Kind
from models.messages.inbox import InboxMessage, InboxStatus, Taken
from models.messages.media import Media
from models.messages.sender import Sender, sender_of
from models.messages.waiting import wake_waiting
from models.messages.window import opened
from models.people.identity import TenantActor, mark_stale
from models.people.staff import mark_member
from models.savepoint import back_to_savepoint, set_savepoint

log = structlog.get_logger(__name__)

HUMAN = "人工会话中，机器人不处理"
APOLOGY = "抱歉，刚才这条消息没有处理成功，我们已通知工作人员查看。急事请直接致电服务中心。"
_TOGETHER = 20
"""On SQLite, which has one writer. Elsewhere each message has its own transaction: two processes that lock numbers and
cases for several messages, each in its own order, would wait for each other until the server ends one of them.
"""
_TOGETHER_S = 0.01
"""How long one transaction goes on taking up messages: callbacks wait for it to be stored."""
_TRANSIENT_TRIES = 8


class Handling:
    """Takes messages out of the inbox, oldest first."""

    def __init__(self, core: Core, dispatcher: Dispatcher, media: MediaCopy) -> None:
        self._core = core
        self._dispatcher = dispatcher
        self._media = media
        self._together_at_most = _TOGETHER if core.db.is_sqlite else 1

    async def some(self, most: int) -> int:
        """Handles the oldest messages in one transaction, `most` at most; how many. A picture is fetched first."""
        at: list[Taken] = []
        try:
            async with self._core.db.begin() as session:
                handled, bare = await self._together(session, min(most, self._together_at_most), at)
                if not handled:
                    await session.rollback()
        except Exception as exc:
            if not at:
                raise
            await self._failed(at[-1], exc)
            return 1
        HANDLED.labels("done").inc(handled)
        if bare:
            await self._media.copy(bare.id, bare.message)
            return handled + 1
        return handled

    async def _together(self, session: AsyncSession, most: int, at: list[Taken]) -> tuple[int, Taken | None]:
        """How many were handled, and the one whose picture has to be fetched first. at: those begun, for `some`."""
        began, handled = time.perf_counter(), 0
        alone = self._core.db.is_sqlite  # whoever writes, writes alone
        for taken in await inbox.take(session, self._core.clock.now(), most, alone=alone):
            at.append(taken)
            media = await _media_of(session, taken)
            if media is None and taken.message.media_id and taken.attempts < TRIES:
                return handled, taken
            await self._handle(session, taken, media)
            await session.flush()
            session.expunge_all()  # the next one reads for itself: what is locked later must not be remembered from before
            handled += 1
            if time.perf_counter() - began > _TOGETHER_S:
                break
        return handled, None

    async def _handle(self, session: AsyncSession, taken: Taken, media: Media | None) -> None:
        core, message, now = self._core, taken.message, self._core.clock.now()
        sender = await sender_of(session, message.channel, message.sender)
        if await self._heard_of(session, message, sender):
            await inbox.done(session, taken, now, HUMAN)
            return
        ctx = Ctx(
            session, now, core.rules, core.calendar, message, taken.id, sender.actor, media,
            form=sender.running(now),
        )  # fmt: skip
        try:
            with bound_contextvars(inbox_id=taken.id):
                await set_savepoint(session)
                await self._dispatcher.dispatch(ctx)
        except UserError as error:
            await back_to_savepoint(session)
            await ctx.reply(str(error))
        await inbox.done(session, taken, now)

    async def _heard_of(self, session: AsyncSession, message: Inbound, sender: Sender) -> bool:
        """Notes that somebody wrote; whether a person of ours has the conversation, so that the bot keeps out of it."""
        if message.channel != "kf":
            if sender.stale:
                await mark_member(session, message.sender, None)
            return False
        if message.kind is Kind.EVENT:
            return False
        now = self._core.clock.now()
        window = await opened(session, sender.window, message.sender, message.sent_at)
        if sender.stale:
            await mark_stale(session, message.sender, None)
        if window.is_human(now):
            return True
        if sender.waits:
            actor = sender.actor
            recipient = f"contact:{actor.contact.id}" if isinstance(actor, TenantActor) else ""
            await wake_waiting(session, recipient, message.sender, now)
        return False

    async def _failed(self, taken: Taken, exc: Exception) -> None:
        log.exception("message failed", inbox_id=taken.id, error=type(exc).__name__)
        async with self._core.db.begin() as session:
            fresh = await session.get(InboxMessage, taken.id, with_for_update=True)
            if fresh is None or fresh.status is not InboxStatus.NEW:
                return
            fresh.attempts += 1
            now = self._core.clock.now()
            if (isinstance(exc, DBAPIError) or is_away(exc)) and fresh.attempts < _TRANSIENT_TRIES:
                fresh.retry_at = now + timedelta(seconds=2**fresh.attempts)
                return
            fresh.status, fresh.error, fresh.handled_at = InboxStatus.FAILED, type(exc).__name__, now
            HANDLED.labels("failed").inc()
            await self._apologise(session, fresh)

    async def _apologise(self, session: AsyncSession, row: InboxMessage) -> None:
        core, message, now = self._core, row.message, self._core.clock.now()
        if message.sender and message.kind is not Kind.EVENT:
            sender = await sender_of(session, message.channel, message.sender)
            if message.channel == "kf":  # what opened the window was taken back together with the rest
                await opened(session, sender.window, message.sender, message.sent_at)
            ctx = Ctx(session, now, core.rules, core.calendar, message, row.id, sender.actor)
            await ctx.reply(APOLOGY)
        text = f"消息 {row.id} 处理失败（{row.error}），已向对方致歉。请查看日志，修复后运行 python -m bot inbox retry。"
        await alarm(session, f"inbox:{row.error}", text, now, core.rules)


async def _media_of(session: AsyncSession, taken: Taken) -> Media | None:
    if not taken.message.media_id:
        return None
    found: Media | None = await session.scalar(select(Media).where(Media.inbox_id == taken.id))
    return found
