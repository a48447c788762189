"""微信客服: texts, menus, pictures, files and links to tenants, inside the window they open by writing.

Source: 发送消息 (94677), 发送事件响应消息 (95122), 会话状态 (94669).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

from bot.channels.base import Again, NextChannel, Outcome, Request, Sent, media_kind, safe_id
from bot.channels.kf_inbox import KfInbox, Page
from bot.channels.outcomes import of_refusal, of_silence
from bot.channels.texts import plain_text, visible
from bot.wecom.client import WecomClient
from bot.wecom.envelope import KfNotice
from bot.wecom.errors import ErrorClass, classify
from models.clock import Clock
from models.errors import Refused, Unreachable
from models.messages.content import Content
from models.messages.splitting import byte_length, shorten_bytes, split_bytes

MAX_MENU_ITEMS = 10
MENU_TEXT_BYTES = 1024
MENU_ID_BYTES = 64
MENU_LABEL_BYTES = 128
_SEND = "kf/send_msg"
_ON_EVENT = "kf/send_msg_on_event"
_EXTERNAL = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)

_NEW, _BOT, _POOL, _HUMAN, _ENDED = range(5)
WHY_NOT = {_POOL: "等待人工接待", _HUMAN: "人工会话中", _ENDED: "会话已结束"}


class WecomKf:
    """Sends as one KF account and fetches what came in."""

    name = "kf"

    def __init__(self, client: WecomClient, open_kfid: str, clock: Clock) -> None:
        self._client = client
        self._open_kfid = open_kfid
        self._inbox = KfInbox(client, clock)

    def render(self, content: Content, address: str, key: str, media_id: str = "") -> Request:
        """A file when there is one, a menu for buttons, else a text: KF has no cards and no markdown."""
        if not _EXTERNAL.fullmatch(address):
            raise ValueError(f"not an external_userid: {address!r}")
        body = {"touser": address, "open_kfid": self._open_kfid, "msgid": message_id(key)}
        return Request(_SEND, body | _message(content, media_id))

    def render_welcome(self, code: str, content: Content) -> Request:
        """The one answer to `enter_session`: within 20 s, text or menu, to whoever the code was for."""
        return Request(
            _ON_EVENT, {"code": code, "msgid": message_id(f"welcome:{code}"), **_message(content, "")}
        )

    async def welcome(self, code: str, content: Content) -> Outcome:
        """Sends the welcome at once; it is too late for a queue."""
        return await self.send(self.render_welcome(code, content))

    async def upload(self, kind: str, name: str, data: bytes) -> str:
        """Stores a file for 3 days; its media_id."""
        return await self._client.upload(kind, name, data)

    async def send(self, request: Request) -> Outcome:
        """Sends. Code 0 is "accepted": what fails later arrives as the event msg_send_fail with our msgid."""
        try:
            answer = await self._client.call(request.api, request.body)
        except Refused as refusal:
            if classify(refusal.code) is ErrorClass.KF_STATE and request.api == _SEND:
                return await self._after_state_refusal(request)
            return of_refusal(refusal)
        except Unreachable as silence:
            return of_silence(silence)
        return Sent(str(request.body.get("msgid") or answer.get("msgid", "")))

    async def ask(self, request: Request) -> Outcome | None:
        """KF can not be asked; the msgid makes a repetition safe."""
        del request
        return None

    def pull(self, notice: KfNotice, cursor: str) -> AsyncIterator[Page]:
        """What came in since `cursor`, page by page; store each page with its cursor before taking the next."""
        return self._inbox.pull(notice, cursor)

    async def service_state(self, external_userid: str) -> int:
        """Who holds the conversation: 0 new, 1 bot, 2 waiting for a human, 3 human, 4 ended."""
        body = {"open_kfid": self._open_kfid, "external_userid": external_userid}
        answer = await self._client.call("kf/service_state/get", body)
        state = answer.get("service_state")
        return state if isinstance(state, int) else _ENDED

    async def transfer(self, external_userid: str, state: int, servicer_userid: str = "") -> None:
        """Hands the conversation on. There is no way back from a human to the bot."""
        body: dict[str, Any] = {
            "open_kfid": self._open_kfid,
            "external_userid": external_userid,
            "service_state": state,
        }
        await self._client.call(
            "kf/service_state/trans", body | ({"servicer_userid": servicer_userid} if servicer_userid else {})
        )

    async def _after_state_refusal(self, request: Request) -> Outcome:
        """95016 and 95018: a new conversation is taken by the bot; one that a human holds is left alone."""
        customer = str(request.body["touser"])
        try:
            state = await self.service_state(customer)
            if state == _NEW:
                await self.transfer(customer, _BOT)
        except Refused as refusal:
            return of_refusal(refusal)
        except Unreachable as silence:
            return of_silence(silence)
        if state in (_NEW, _BOT):
            return Again(0 if state == _NEW else 5, f"conversation was in state {state}")
        return NextChannel(WHY_NOT.get(state, f"state {state}"), holder=state)

    async def hold(self, external_userid: str) -> Outcome | int:
        """Takes a conversation that nobody has: its state then, 1 when it is the bot's. What goes wrong is an outcome.

        Whether a new one may be answered untaken is told both ways; taken, it may (WeCom 94698).
        """
        try:
            state = await self.service_state(external_userid)
            if state == _NEW:
                await self.transfer(external_userid, _BOT)
        except Refused as refusal:
            return of_refusal(refusal)
        except Unreachable as silence:
            return of_silence(silence)
        return _BOT if state == _NEW else state


def message_id(key: str) -> str:
    """The msgid of the message sent under an outbox key; comes back in msg_send_fail as fail_msgid."""
    return safe_id(key, 32)


def _message(content: Content, media_id: str) -> dict[str, Any]:
    if media_id and content.url:
        return {"msgtype": "link", "link": _link(content, media_id)}
    if media_id:
        kind = media_kind(content.file_name)
        return {"msgtype": kind, kind: {"media_id": media_id}}
    if content.buttons:
        return {"msgtype": "msgmenu", "msgmenu": _menu(content)}
    return {"msgtype": "text", "text": {"content": plain_text(content)}}


def _link(content: Content, media_id: str) -> dict[str, Any]:
    return {
        "title": shorten_bytes(content.title or content.file_name or "查看详情", 128),
        "desc": shorten_bytes(visible(content.text), 512),
        "url": content.url,
        "thumb_media_id": media_id,
    }


def _menu(content: Content) -> dict[str, Any]:
    """Text above the entries; what is over 1,024 bytes goes below them, what is over that too is cut."""
    entries = [_entry(button.key, button.text) for button in content.buttons]
    if content.url:
        entries.append({"type": "view", "view": {"url": content.url, "content": "查看详情"}})
    if len(entries) > MAX_MENU_ITEMS:
        raise ValueError(f"a menu has at most {MAX_MENU_ITEMS} entries")
    text = visible("\n".join(part for part in (content.title, content.text) if part))
    head, *rest = split_bytes(text, MENU_TEXT_BYTES)
    menu: dict[str, Any] = {"head_content": head, "list": entries}
    return menu | ({"tail_content": shorten_bytes("".join(rest), MENU_TEXT_BYTES)} if rest else {})


def _entry(key: str, label: str) -> dict[str, Any]:
    if byte_length(key) > MENU_ID_BYTES:
        raise ValueError(f"menu id over {MENU_ID_BYTES} bytes: {key!r}")
    return {"type": "click", "click": {"id": key, "content": shorten_bytes(label, MENU_LABEL_BYTES)}}
