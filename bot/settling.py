"""What becomes of a message after a try: one outcome in, one change of its row out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.base import Again, Channel, Dead, NextChannel, Outcome, Request, Sent, Unknown
from bot.channels.sms import SmsChannel
from bot.channels.wecom_app import WecomApp
from bot.channels.wecom_kf import WecomKf
from bot.core import Core
from bot.repeating import doubt_before, may_have_arrived, taken_up, wait_s, went
from bot.together import Together
from models.messages.alarm import alarm, is_alarm
from models.messages.card import card_of, find_card, remember, take_code
from models.messages.content import Content
from models.messages.dead_address import note_dead_address
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose, enqueue, settle, settle_taken
from models.messages.plain import plainer
from models.messages.putting_off import wait_for
from models.messages.reports import take_early_reports
from models.messages.send_pause import pause
from models.messages.window import note_closed, note_holder, note_sent
from models.notices.aftermath import delivered, undelivered

MAX_ATTEMPTS = 12
_UPLOADS = 2
"""A file is uploaded anew once; what is refused then is refused for another reason."""
_CHECKED_FOR = timedelta(hours=3, minutes=50)
"""For four hours WeCom shows the same bytes once only (WeCom 90236); ten minutes are kept in reserve."""


class Settler:
    """Writes outcomes down: the good ones together, each of the others in a short transaction of its own."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._taken = Together(core.db, self._write_taken)

    async def render(
        self, session: AsyncSession, channel: Channel, row: OutboxMessage, content: Content, media_id: str
    ) -> Request | None:
        """The request for a row; None when a card can not be changed any more. Raises ValueError."""
        if content.replace and isinstance(channel, WecomApp):
            code = await take_code(session, content.task_id, row.address)
            if code:
                return channel.card_update([row.address], code, content.replace)
            await self._say_instead(session, row, content, "卡片已无更新凭证，改发文字")
            return None
        if content.welcome_code and isinstance(channel, WecomKf):
            return channel.render_welcome(content.welcome_code, content)
        return channel.render(content, row.address, _key(row), media_id)

    async def may_repeat(self, session: AsyncSession, row: OutboxMessage) -> bool:
        """Whether the same bytes may go out again: not when they may have arrived and nobody would notice a repetition."""
        now = self._core.clock.now()
        if row.channel != WecomApp.name or not row.in_doubt_since or now - row.in_doubt_since < _CHECKED_FOR:
            row.in_doubt_since = row.in_doubt_since or now
            return True
        reason = "可能已经送达，超过平台查重时限，不再重发"
        await self._give_up_unknown(session, row, reason)
        return False

    async def settle(self, row: OutboxMessage, outcome: Outcome) -> None:
        """Writes the outcome of a try; nothing happens when the lease was lost meanwhile."""
        if isinstance(outcome, Sent):
            await self._taken.write((row, outcome))
            return
        async with self._core.db.begin() as session:
            match outcome:
                case Again():
                    await self._again(session, row, outcome)
                case NextChannel():
                    await self._next_channel(session, row, outcome)
                case Dead():
                    await self._refused(session, row, outcome)
                case Unknown(reason=reason):
                    await self._unknown(session, row, reason)

    async def unfit(self, session: AsyncSession, row: OutboxMessage, reason: str) -> None:
        """The channel can not carry it as it is, which is a fault of ours. Instead of an SMS there may be a chat, now or
        when the person writes next; what has no other way is dead.
        """
        if row.channel != SmsChannel.name:
            await self.dead(session, row, reason, alarmed=True)
            return
        now = self._core.clock.now()
        await settle(
            session, row, now, status=OutboxStatus.DUE, due_at=now, tried=[*row.tried, row.channel],
            request=None, reason=reason[:500], in_doubt_since=None,
        )  # fmt: skip
        text = (
            f"短信没有发出：{reason[:120]}。请核对登记的手机号和 config.yaml 的短信模板；"
            f"消息已改走其他渠道或转人工，详见 python -m bot outbox show {row.id}。"
        )
        await alarm(session, "unfit:sms", text, now, self._core.rules)

    async def put_back(self, row: OutboxMessage) -> None:
        """Nothing was tried: it waited too long for its turn to leave under this lease."""
        now = self._core.clock.now()
        async with self._core.db.begin() as session:
            await wait_for(session, row, now, row.reason, now)

    async def _write_taken(self, session: AsyncSession, taken: Sequence[tuple[OutboxMessage, Sent]]) -> None:
        now, outcomes = self._core.clock.now(), {row.id: outcome for row, outcome in taken}
        settled = await settle_taken(session, [(row, _known_as(row, outcome)) for row, outcome in taken], now)
        # A greeting is not one of the five (WeCom 95122).
        in_window = [
            (row.address, went(row, outcomes[row.id]) or now)
            for row in settled
            if row.channel == "kf" and row.purpose is not Purpose.WELCOME
        ]
        await note_sent(session, in_window)
        cards = [
            {
                **card, "userid": row.address, "code": outcomes[row.id].response_code, "subject": row.subject,
                "sent_at": now,
            }
            for row in settled
            if (card := card_of(row.request))
        ]  # fmt: skip
        await remember(session, cards)
        for row in settled:
            await delivered(session, row, now)
            if told := outcomes[row.id].alarm:
                await alarm(session, f"standby:{row.channel}", told, now, self._core.rules)
        await session.flush()
        await take_early_reports(session, settled, now, self._core.rules)

    async def _again(self, session: AsyncSession, row: OutboxMessage, outcome: Again) -> None:
        if outcome.pause:
            await self._pause(session, row, outcome)
            return
        if row.attempts >= MAX_ATTEMPTS or (outcome.anew and row.attempts > _UPLOADS):
            await self.dead(session, row, f"重试 {row.attempts} 次仍未成功：{outcome.reason}", alarmed=True)
            return
        values: dict[str, Any] = {"request": None} if outcome.anew else {}
        if not outcome.maybe_sent:
            values["in_doubt_since"] = doubt_before(row)
        now = self._core.clock.now()
        due_at = now + timedelta(seconds=wait_s(row, outcome))
        await settle(
            session, row, now, status=OutboxStatus.DUE, due_at=due_at, reason=outcome.reason, **values
        )
        if outcome.alarm:
            await self._alarm_of(session, row, outcome)

    async def _pause(self, session: AsyncSession, row: OutboxMessage, outcome: Again) -> None:
        """Nothing passes this interface for a while: all of it waits, and the try does not count."""
        now = self._core.clock.now()
        until = now + timedelta(seconds=outcome.after_s)
        await settle(
            session, row, now, status=OutboxStatus.DUE, due_at=until, attempts=row.attempts - 1,
            reason=outcome.reason, in_doubt_since=doubt_before(row),
        )  # fmt: skip
        if outcome.alarm:
            await self._alarm_of(session, row, outcome)
        if row.request is not None:  # last: many rows come here at once and wait for this one
            await pause(session, str(row.request["api"]), until, outcome.reason)

    async def _alarm_of(self, session: AsyncSession, row: OutboxMessage, outcome: Again) -> None:
        if is_alarm(row):
            return
        cure = f"{outcome.cure}。" if outcome.cure else ""
        text = f"{row.channel} 渠道发送受阻：{outcome.reason}。{cure}消息已保留，修复后会自动发出。"
        await alarm(session, f"send:{row.channel}", text, self._core.clock.now(), self._core.rules)

    async def _next_channel(self, session: AsyncSession, row: OutboxMessage, outcome: NextChannel) -> None:
        now, reason = self._core.clock.now(), outcome.reason
        if row.content.get("replace"):
            if may_have_arrived(row, outcome):  # the code was used up by our own earlier try
                await settle(session, row, now, status=OutboxStatus.SENT, reason=reason)
                return
            await self._say_instead(session, row, Content.from_json(row.content), reason)
            return
        if row.content.get("recall"):
            await settle(session, row, now, status=OutboxStatus.WITHHELD, reason=f"未能撤回：{reason}")
            return
        if may_have_arrived(row, outcome):
            await self._give_up_unknown(session, row, f"上一次可能已送达，不换渠道重发：{reason}")
            return
        tried = [*row.tried, row.channel]
        await settle(
            session, row, now, status=OutboxStatus.DUE, due_at=now, tried=tried, request=None, reason=reason,
            in_doubt_since=None,
        )  # fmt: skip
        if row.channel == "kf":
            await self._note_kf(session, row, outcome)
        if outcome.stale:
            await note_dead_address(session, row, reason, now, self._core.rules)

    async def _note_kf(self, session: AsyncSession, row: OutboxMessage, outcome: NextChannel) -> None:
        asked_at = taken_up(row) or self._core.clock.now()
        if outcome.holder is not None:
            await note_holder(session, row.address, outcome.holder, asked_at)
        elif outcome.closed:
            await note_closed(session, row.address, asked_at)

    async def _say_instead(
        self, session: AsyncSession, row: OutboxMessage, content: Content, reason: str
    ) -> None:
        """A card that can not be changed any more is answered with a new message (60140)."""
        now = self._core.clock.now()
        if not await settle(session, row, now, status=OutboxStatus.WITHHELD, reason=reason):
            return
        card = await find_card(session, content.task_id, row.address or row.account)
        what = f"“{card.title}”" if card and card.title else "之前的一张卡片"
        await enqueue(
            session,
            f"{row.dedupe_key}:said",
            Content(text=f"{what}：{content.replace}，卡片上的按钮不用再点。"),
            recipient=row.recipient, account=row.account, purpose=row.purpose, now=now, subject=row.subject,
        )  # fmt: skip

    async def _unknown(self, session: AsyncSession, row: OutboxMessage, reason: str) -> None:
        now = self._core.clock.now()
        if row.attempts >= MAX_ATTEMPTS:
            await self._give_up_unknown(session, row, reason)
            return
        due_at = now + timedelta(seconds=60)
        await settle(
            session, row, now, status=OutboxStatus.DUE, due_at=due_at, reason=f"结果不明，先查询：{reason}"
        )
        await take_early_reports(session, [row], now, self._core.rules)

    async def _give_up_unknown(self, session: AsyncSession, row: OutboxMessage, reason: str) -> None:
        """It may have arrived or not: nothing is repeated, and whoever answers for it is told."""
        now = self._core.clock.now()
        await settle(session, row, now, status=OutboxStatus.UNKNOWN, reason=reason[:500])
        await undelivered(session, row, f"发送结果不明：{reason}", now, self._core.rules)
        if not is_alarm(row):
            text = (
                f"消息 {row.id} 发送结果不明（{row.channel}）：{reason[:120]}。请向对方核实，必要时人工联系。"
            )
            await alarm(session, f"unknown:{row.channel}", text, now, self._core.rules)

    async def _refused(self, session: AsyncSession, row: OutboxMessage, outcome: Dead) -> None:
        """A card or menu whose shape was refused goes out as plain text; what is plain already is given up."""
        words = plainer(Content.from_json(row.content)) if outcome.plainer else None
        if words is None:
            await self.dead(session, row, outcome.reason, alarmed=outcome.alarm, cure=outcome.cure)
            return
        now = self._core.clock.now()
        reason = f"{outcome.reason}；改发纯文字"
        if not await settle(
            session, row, now, status=OutboxStatus.DUE, due_at=now, content=words.to_json(), request=None,
            reason=reason[:500], in_doubt_since=None,
        ):  # fmt: skip
            return
        text = f"消息 {row.id} 的卡片或菜单被平台拒收，已改发纯文字：{outcome.reason[:120]}。{outcome.cure}"
        await alarm(session, f"shape:{row.channel}", text, now, self._core.rules)

    async def dead(
        self, session: AsyncSession, row: OutboxMessage, reason: str, *, alarmed: bool, cure: str = ""
    ) -> None:
        """Gives the message up; whoever answers for it is told."""
        now = self._core.clock.now()
        if not await settle(session, row, now, status=OutboxStatus.DEAD, reason=reason[:500]):
            return
        await undelivered(session, row, reason, now, self._core.rules)
        if alarmed and not is_alarm(row):
            todo = cure or f"请看 python -m bot outbox show {row.id}"
            text = f"消息 {row.id} 未能送出（{row.channel or '无渠道'}）：{reason[:120]}。{todo}。"
            await alarm(session, f"dead:{row.channel}", text, now, self._core.rules)


def _known_as(row: OutboxMessage, outcome: Sent) -> str:
    """SMS reports name our own id; msg_send_fail names KF's msgid, which is ours too."""
    body: dict[str, Any] = (row.request or {}).get("body", {})
    return str(body.get("out_id") or outcome.provider_id or body.get("msgid", ""))


def _key(row: OutboxMessage) -> str:
    """What makes a repetition recognisable. What 微信客服 took and could not show needs another msgid than before:
    under the old one it would be taken for a repetition of what nobody has seen.
    """
    again = row.channel == WecomKf.name and row.provider_id
    return f"{row.dedupe_key}~{row.provider_id}" if again else row.dedupe_key
