"""Decides, within the transaction that takes messages up, where each goes and whether it may go now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.base import Channel
from bot.core import Core
from bot.settling import Settler
from models.messages.broadcast import quiet_minute_after
from models.messages.content import Content
from models.messages.delivery import Choice, Decision, Later, Nobody, Unwanted, Wait, choose
from models.messages.guards import reason_to_withhold
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose, settle
from models.messages.putting_off import put_off_all, wait_for
from models.messages.quota import Quota, open_quota
from models.messages.reach import Parties, parties_of, reach_of
from models.messages.send_pause import SendPause, pauses
from models.messages.window import Holder
from models.notices.aftermath import undelivered

_API = {"wecom": "message/send", "kf": "kf/send_msg", "sms": "sms/send"}


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that may go out. untaken: the KF conversation it belongs to is not known to be the bot's."""

    row: OutboxMessage
    untaken: bool


@dataclass(frozen=True, slots=True)
class _Lot:
    """What holds for all messages that were taken up together."""

    now: datetime
    quota: Quota
    parties: Parties
    paused: Mapping[str, SendPause]
    broadcast_at: datetime | None
    full: dict[str, datetime] = field(default_factory=dict)
    """Channels that take no more now, and until when."""


class Planner:
    """Plans one lot after the other."""

    def __init__(self, core: Core, channels: Mapping[str, Channel], settler: Settler) -> None:
        self._core = core
        self._channels = channels
        self._settler = settler

    async def plan(self, session: AsyncSession, rows: Sequence[OutboxMessage], *, full: bool) -> list[Ready]:
        """The rows to be sent, with channel, address and, where no file is needed, the request; the others are settled.

        full: there may be more where these came from.
        """
        now, rules = self._core.clock.now(), self._core.rules.sending
        members = {row.recipient.removeprefix("staff:") for row in rows if row.recipient.startswith("staff:")}
        lot = _Lot(
            now,
            await open_quota(session, members, now, rules),
            await parties_of(session, rows),
            await pauses(session, now),
            await quiet_minute_after(session, now, rules) if full else None,
        )
        ready = [Ready(row, _is_untaken(row, lot)) for row in rows if await self._plan(session, row, lot)]
        await lot.quota.close()
        for channel, until in lot.full.items():
            await put_off_all(session, channel, until, now)
        await session.flush()  # once for all; what is asked meanwhile flushes by itself
        return ready

    async def _plan(self, session: AsyncSession, row: OutboxMessage, lot: _Lot) -> bool:
        if reason := await reason_to_withhold(session, row.guard):
            if row.in_doubt_since:
                reason = f"{reason}（上一次可能已送达）"
            await settle(session, row, lot.now, status=OutboxStatus.WITHHELD, reason=reason)
            return False
        if lot.broadcast_at and row.purpose is Purpose.NOTICE:
            await self._later(session, row, lot.broadcast_at, "大批通知避开整点和半点")
            return False
        if row.request is not None and row.in_doubt_since is not None:
            return await self._may_go(session, row, lot) and await self._settler.may_repeat(session, row)
        content = Content.from_json(row.content)
        reach = await reach_of(session, row, lot.now, lot.quota, lot.parties)
        decision = choose(row.purpose, content, reach, lot.now, tuple(row.tried))
        if not await self._follow(session, row, content, decision, lot):
            return False
        if content.file or row.request is not None:
            row.in_doubt_since = lot.now if row.request is not None else None
            return True
        return await self.prepare(session, row, content)

    async def _follow(
        self, session: AsyncSession, row: OutboxMessage, content: Content, decision: Decision, lot: _Lot
    ) -> bool:
        """Whether the row goes out now."""
        match decision:
            case Choice():
                _address(row, decision)
                return await self._may_go(session, row, lot)
            case Later(until=until, why=why):
                await self._later(session, row, until, why)
            case Wait(why=why):
                await settle(session, row, lot.now, status=OutboxStatus.WAITING, reason=why)
            case Unwanted(why=why):
                await settle(session, row, lot.now, status=OutboxStatus.WITHHELD, reason=why)
            case Nobody(why=why):
                # A document goes along with its message where chats carry files; an SMS leads to it by itself.
                status = OutboxStatus.WITHHELD if content.file else OutboxStatus.DEAD
                await settle(session, row, lot.now, status=status, reason=why)
                await undelivered(session, row, why, lot.now, self._core.rules)
        return False

    async def _may_go(self, session: AsyncSession, row: OutboxMessage, lot: _Lot) -> bool:
        """Whether the interface takes anything now; else the row waits, and that is no attempt."""
        api = row.request["api"] if row.request else _API[row.channel]
        if paused := lot.paused.get(api):
            await self._later(session, row, paused.until, f"接口暂停：{paused.reason}")
            return False
        if row.purpose is not Purpose.WELCOME and (again_at := lot.quota.take(row.channel)):
            await self._later(session, row, again_at, "已到平台的发送频率上限，稍后再发")
            lot.full[row.channel] = again_at
            return False
        if row.channel == "kf" and row.purpose is not Purpose.WELCOME and row.in_doubt_since is None:
            lot.parties.take(row.address)
        return True

    async def _later(self, session: AsyncSession, row: OutboxMessage, until: datetime, why: str) -> None:
        await wait_for(session, row, until, why, self._core.clock.now())

    async def prepare(
        self, session: AsyncSession, row: OutboxMessage, content: Content, media_id: str = ""
    ) -> bool:
        """Renders and keeps the request. Content that a channel can not carry is a fault of ours: the operator is told,
        and where another way is left the message takes it.
        """
        try:
            request = await self._settler.render(session, self._channels[row.channel], row, content, media_id)
        except ValueError as exc:
            await self._settler.unfit(session, row, f"无法生成消息：{exc}")
            return False
        if request is None:
            return False
        kept = {"api": request.api, "body": request.body}
        row.request, row.in_doubt_since = kept, self._core.clock.now()
        # Known before it leaves: reports name it, also where the answer to our sending is lost.
        row.provider_id = str(request.body.get("out_id") or request.body.get("msgid") or "")
        return True


def _is_untaken(row: OutboxMessage, lot: _Lot) -> bool:
    if row.channel != "kf" or row.purpose is Purpose.WELCOME:
        return False
    window = lot.parties.window(row.address)
    return window is not None and window.holder(lot.now) is not Holder.BOT


def _address(row: OutboxMessage, choice: Choice) -> None:
    """Where it goes and why; after another channel failed, that is told too. A request for elsewhere is of no use."""
    before = f"；此前{'、'.join(row.tried)}：{row.reason}" if row.tried else ""
    if (row.channel, row.address) != (choice.channel, choice.address):
        row.request = None
    row.channel, row.address, row.reason = choice.channel, choice.address, f"{choice.why}{before}"[:500]
