"""What becomes of a message after a try: one outcome in, one change of its row out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.base import Again, Channel, Dead, NextChannel, Outcome, Request, Sent, Unknown
from bot.channels.wecom_app import WecomApp
from bot.channels.wecom_kf import WecomKf
from bot.core import Core
from models.messages.alarm import alarm
from models.messages.card import Card, take_code
from models.messages.content import Content
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose, settle
from models.messages.window import note_closed, note_sent
from models.notices.aftermath import delivered, undelivered
from models.people.identity import mark_stale

MAX_ATTEMPTS = 12
_MAX_WAIT_S = 3600.0
_CHECKED_FOR = timedelta(hours=3, minutes=50)
"""For four hours WeCom shows the same bytes once only (WeCom 90236); ten minutes are kept in reserve."""


class Settler:
    """Writes outcomes down, each in a short transaction of its own."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def render(
        self, session: AsyncSession, channel: Channel, row: OutboxMessage, content: Content, media_id: str
    ) -> Request | None:
        """The request for a row; None when a card can not be changed any more. Raises ValueError."""
        if content.replace and isinstance(channel, WecomApp):
            code = await take_code(session, content.task_id, row.address)
            if code:
                return channel.card_update([row.address], code, content.replace)
            await settle(
                session, row, self._core.clock.now(), status=OutboxStatus.WITHHELD, reason="卡片已无更新凭证"
            )
            return None
        if content.welcome_code and isinstance(channel, WecomKf):
            return channel.render_welcome(content.welcome_code, content)
        return channel.render(content, row.address, row.dedupe_key, media_id)

    async def may_repeat(self, session: AsyncSession, row: OutboxMessage) -> bool:
        """Whether the same bytes may go out again: not when they may have arrived and nobody would notice a repetition."""
        now = self._core.clock.now()
        if row.channel != WecomApp.name or not row.in_doubt_since or now - row.in_doubt_since < _CHECKED_FOR:
            row.in_doubt_since = row.in_doubt_since or now
            return True
        reason = "可能已经送达，超过平台查重时限，不再重发"
        await settle(session, row, now, status=OutboxStatus.UNKNOWN, reason=reason)
        return False

    async def settle(self, row: OutboxMessage, outcome: Outcome) -> None:
        """Writes the outcome of a try; nothing happens when the lease was lost meanwhile."""
        async with self._core.db.begin() as session:
            match outcome:
                case Sent():
                    await self._sent(session, row, outcome)
                case Again():
                    await self._again(session, row, outcome)
                case NextChannel():
                    await self._next_channel(session, row, outcome)
                case Dead(reason=reason, alarm=alarmed):
                    await self.dead(session, row, reason, alarmed=alarmed)
                case Unknown(reason=reason):
                    await self._unknown(session, row, reason)

    async def _sent(self, session: AsyncSession, row: OutboxMessage, outcome: Sent) -> None:
        now = self._core.clock.now()
        body: dict[str, Any] = (row.request or {}).get("body", {})
        # SMS reports name our own id; msg_send_fail names KF's msgid, which is ours too.
        provider_id = str(body.get("out_id") or outcome.provider_id)
        if not await settle(session, row, now, status=OutboxStatus.SENT, provider_id=provider_id):
            return
        if (
            row.channel == "kf" and row.purpose is not Purpose.WELCOME
        ):  # a greeting is not one of the five (WeCom 95122)
            await note_sent(session, row.address)
        card = _card(row, outcome)
        if card:
            session.add(Card(subject=row.subject, sent_at=now, **card))
        await delivered(session, row, now)

    async def _again(self, session: AsyncSession, row: OutboxMessage, outcome: Again) -> None:
        if row.attempts >= MAX_ATTEMPTS:
            await self.dead(session, row, f"重试 {row.attempts} 次仍未成功：{outcome.reason}", alarmed=True)
            return
        now = self._core.clock.now()
        wait = (
            min(_MAX_WAIT_S, outcome.after_s * 2 ** (row.attempts - 1))
            if outcome.after_s < 60
            else outcome.after_s
        )
        values: dict[str, Any] = {"request": None} if outcome.anew else {}
        if not outcome.maybe_sent:
            values["in_doubt_since"] = None
        due_at = now + timedelta(seconds=wait)
        await settle(
            session, row, now, status=OutboxStatus.DUE, due_at=due_at, reason=outcome.reason, **values
        )
        if outcome.alarm:
            text = f"{row.channel} 渠道发送受阻：{outcome.reason}。消息已保留，修复后会自动发出。"
            await alarm(session, f"send:{row.channel}", text, now, self._core.rules)

    async def _next_channel(self, session: AsyncSession, row: OutboxMessage, outcome: NextChannel) -> None:
        now, reason = self._core.clock.now(), outcome.reason
        if row.content.get(
            "replace"
        ):  # an old card keeps its buttons; a tap on them is answered all the same
            await settle(session, row, now, status=OutboxStatus.WITHHELD, reason=reason)
            return
        tried = [*row.tried, row.channel]
        await settle(
            session, row, now, status=OutboxStatus.DUE, due_at=now, tried=tried, request=None, reason=reason
        )
        if row.channel == "kf":
            await note_closed(session, row.address)
            if outcome.stale:
                await mark_stale(session, row.address, now)

    async def _unknown(self, session: AsyncSession, row: OutboxMessage, reason: str) -> None:
        now = self._core.clock.now()
        if row.attempts >= MAX_ATTEMPTS:
            await settle(session, row, now, status=OutboxStatus.UNKNOWN, reason=reason)
            await undelivered(session, row, f"发送结果不明：{reason}", now, self._core.rules)
            return
        due_at = now + timedelta(seconds=60)
        await settle(
            session, row, now, status=OutboxStatus.DUE, due_at=due_at, reason=f"结果不明，先查询：{reason}"
        )

    async def dead(self, session: AsyncSession, row: OutboxMessage, reason: str, *, alarmed: bool) -> None:
        """Gives the message up; whoever answers for it is told."""
        now = self._core.clock.now()
        if not await settle(session, row, now, status=OutboxStatus.DEAD, reason=reason[:500]):
            return
        await undelivered(session, row, reason, now, self._core.rules)
        is_alarm = row.dedupe_key.startswith("alarm:")  # an alarm that can not be sent must not raise another
        if alarmed and not is_alarm:
            text = f"消息 {row.id} 未能送出（{row.channel or '无渠道'}）:{reason[:120]}。"
            await alarm(session, f"dead:{row.channel}", text, now, self._core.rules)


def _card(row: OutboxMessage, outcome: Sent) -> dict[str, Any] | None:
    """What to remember of a card with buttons, so that its taps can be checked and its buttons taken away."""
    body = (row.request or {}).get("body", {})
    card = body.get("template_card") if isinstance(body, dict) else None
    if not card or not card.get("task_id"):
        return None
    keys = [button["key"] for button in card.get("button_list", [])]
    return {"task_id": card["task_id"], "userid": row.address, "keys": keys, "code": outcome.response_code}
