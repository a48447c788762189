"""Messages in: stored before the platform is answered, then handled one by one, each in one transaction.

This is the error border for messages: a UserError becomes the answer; anything else leaves the row failed, an apology
to the sender and an alarm to the operator.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.contextvars import bound_contextvars

from bot.core import Core
from bot.metrics import HANDLED, RECEIVED
from handlers.context import Ctx
from handlers.dispatch import Dispatcher
from models.errors import NotStored, Refused, UserError
from models.messages import inbox
from models.messages.alarm import alarm
from models.messages.inbound import Inbound, Kind
from models.messages.inbox import InboxMessage, InboxStatus
from models.messages.media import Media
from models.messages.waiting import wake_waiting
from models.messages.window import note_inbound
from models.people.identity import Actor, TenantActor, mark_stale, who_is
from models.people.staff import Staff, mark_member

log = structlog.get_logger(__name__)

HUMAN = "人工会话中，机器人不处理"
APOLOGY = "抱歉，刚才这条消息没有处理成功，我们已通知工作人员查看。急事请直接致电服务中心。"
_BATCH = 500
RETRY_AFTER_S = (0.0, 0.5, 1.5, 3.5)  # the platform waits for 5 s
_MOST_WAITING = 10_000  # beyond this the sender is told to come again: memory must not grow with a slow disk
_TRANSIENT_TRIES = 8
_MEDIA_TRIES = 3
_NEW, _REPEATED = RECEIVED.labels("new"), RECEIVED.labels("repeated")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A picture or file copied from the platform."""

    name: str
    content_type: str
    data: bytes


FetchMedia = Callable[[Inbound], Awaitable[Fetched]]


class Inbox:
    """Stores and handles. `wake` is set whenever there may be work."""

    def __init__(self, core: Core, dispatcher: Dispatcher, fetch: FetchMedia) -> None:
        self._core = core
        self._dispatcher = dispatcher
        self._fetch = fetch
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
                _tell([done for _, done in batch], outcome)

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
        while handled < most and await self.handle_next():
            handled += 1
        return handled

    async def handle_next(self) -> bool:
        """Handles the oldest message, or fetches its picture first; False when there is nothing to do."""
        row: InboxMessage | None = None
        try:
            async with self._core.db.begin() as session:
                row = await inbox.next_new(session, self._core.clock.now())
                if row is None:
                    await session.rollback()
                    return False
                media = await _media_of(session, row.id) if row.message.media_id else None
                if media or not row.message.media_id or row.attempts >= _MEDIA_TRIES:
                    await self._handle(session, row, media)
                    return True
        except Exception as exc:
            await self._failed(row, exc)
            return True
        await self._copy_media(row)
        return True

    async def _handle(self, session: AsyncSession, row: InboxMessage, media: Media | None) -> None:
        core, message, now = self._core, row.message, self._core.clock.now()
        actor = await who_is(session, message.channel, message.sender)
        if isinstance(actor, Staff) and actor.stale_at is not None:
            await mark_member(session, actor.userid, None)
        if (
            message.channel == "kf"
            and message.kind is not Kind.EVENT
            and await self._held(session, row, actor)
        ):
            row.status, row.handled_at, row.error = InboxStatus.DONE, now, HUMAN
            HANDLED.labels("done").inc()
            return
        ctx = Ctx(session, now, core.rules, core.calendar, message, row.id, actor, media)
        try:
            with bound_contextvars(inbox_id=row.id):
                async with session.begin_nested():
                    await self._dispatcher.dispatch(ctx)
        except UserError as error:
            await ctx.reply(str(error))
        row.status, row.handled_at = InboxStatus.DONE, now
        HANDLED.labels("done").inc()

    async def _held(self, session: AsyncSession, row: InboxMessage, actor: Actor) -> bool:
        """Notes that a customer wrote; whether a person of ours has the conversation, so that the bot keeps out of it."""
        message, now = row.message, self._core.clock.now()
        window = await note_inbound(session, message.sender, message.sent_at)
        await mark_stale(session, message.sender, None)
        if window.is_human(now):
            return True
        recipient = f"contact:{actor.contact.id}" if isinstance(actor, TenantActor) else ""
        await wake_waiting(session, recipient, message.sender, now)
        return False

    async def _copy_media(self, row: InboxMessage) -> None:
        """Copies what came with a message into our own store; the platform keeps it for three days only."""
        message = row.message
        try:
            fetched = await self._fetch(message)
        except Exception as exc:
            log.warning("media not fetched", inbox_id=row.id, error=type(exc).__name__)
            await self._media_failed(row, final=isinstance(exc, UserError | Refused))
            return
        try:
            sha256 = await self._core.files.put(fetched.data)
        except OSError as fault:
            await self._not_kept(row, fault)
            return
        async with self._core.db.begin() as session:
            session.add(
                Media(
                    inbox_id=row.id,
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

    async def _not_kept(self, row: InboxMessage, fault: OSError) -> None:
        """The disk takes no file: this message waits for it, those of other people do not."""
        log.error("file not kept", inbox_id=row.id, error=fault.strerror)
        now = self._core.clock.now()
        async with self._core.db.begin() as session:
            fresh = await session.get_one(InboxMessage, row.id, with_for_update=True)
            fresh.retry_at = now + timedelta(minutes=1)
            text = f"收到的照片存不进 storage.path（{fault.strerror}）。请清理磁盘或检查权限，消息都留着，每分钟自动再试。"
            await alarm(session, "disk", text, now, self._core.rules)

    async def _media_failed(self, row: InboxMessage, *, final: bool) -> None:
        """Another try in a few seconds; in the end the message is handled without what came with it."""
        async with self._core.db.begin() as session:
            fresh = await session.get_one(InboxMessage, row.id, with_for_update=True)
            fresh.attempts = _MEDIA_TRIES if final else fresh.attempts + 1
            fresh.retry_at = None if final else self._core.clock.now() + timedelta(seconds=3 * fresh.attempts)

    async def _failed(self, row: InboxMessage | None, exc: Exception) -> None:
        if row is None:
            raise exc
        log.exception("message failed", inbox_id=row.id, error=type(exc).__name__)
        async with self._core.db.begin() as session:
            fresh = await session.get(InboxMessage, row.id, with_for_update=True)
            if fresh is None or fresh.status is not InboxStatus.NEW:
                return
            fresh.attempts += 1
            now = self._core.clock.now()
            if isinstance(exc, DBAPIError) and fresh.attempts < _TRANSIENT_TRIES:
                fresh.retry_at = now + timedelta(seconds=2**fresh.attempts)
                return
            fresh.status, fresh.error, fresh.handled_at = InboxStatus.FAILED, type(exc).__name__, now
            HANDLED.labels("failed").inc()
            await self._apologise(session, fresh)

    async def _apologise(self, session: AsyncSession, row: InboxMessage) -> None:
        core, message, now = self._core, row.message, self._core.clock.now()
        if message.sender and message.kind is not Kind.EVENT:
            actor = await who_is(session, message.channel, message.sender)
            ctx = Ctx(session, now, core.rules, core.calendar, message, row.id, actor)
            await ctx.reply(APOLOGY)
        text = f"消息 {row.id} 处理失败（{row.error}），已向对方致歉。请查看日志，修复后运行 python -m bot inbox retry。"
        await alarm(session, f"inbox:{row.error}", text, now, core.rules)


async def _media_of(session: AsyncSession, inbox_id: int) -> Media | None:
    found: Media | None = await session.scalar(select(Media).where(Media.inbox_id == inbox_id))
    return found


def _tell(waiting: Sequence[asyncio.Future[None]], outcome: BaseException | None) -> None:
    for done in waiting:
        if done.done():
            continue  # whoever waited has gone
        if outcome is None:
            done.set_result(None)
        else:
            done.set_exception(outcome)
