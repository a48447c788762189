"""The centre's application in 企业微信: texts, cards, pictures and files to members of staff.

Source: 发送应用消息 (90236), 更新模版卡片消息 (94945).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from bot.channels.base import MINE, NextChannel, Outcome, Request, Sent, media_kind, safe_id
from bot.channels.outcomes import of_refusal, of_silence
from bot.channels.texts import TEXT_BYTES, plain_text, visible
from bot.wecom.client import WecomClient
from models.errors import Refused, Unreachable
from models.messages.content import Content
from models.messages.splitting import shorten_bytes

DUPLICATE_CHECK_S = 4 * 3600  # the longest there is; sending the same bytes again is safe inside it only
MAX_BUTTONS = 6
BUTTON_CHARACTERS = 10
CARD_TITLE_CHARACTERS = 26
CARD_TEXT_BYTES = 1024  # the platform advises 112 characters; it shows more on a tap
_INVISIBLE = "\u200b\u200c\u200d\ufeff"
_MARK_LENGTH = 16
_MARK_BYTES = 3 * _MARK_LENGTH
_SEND = "message/send"
_UPDATE = "message/update_template_card"
_RECALL = "message/recall"

_USERID = re.compile(r"[0-9A-Za-z_.@-]{1,64}", re.ASCII)


class WecomApp:
    """Sends as the application."""

    name = "wecom"

    def __init__(self, client: WecomClient, agent_id: int) -> None:
        self._client = client
        self._agent_id = agent_id

    def render(self, content: Content, address: str, key: str, media_id: str = "") -> Request:
        """A file when there is one, a card for buttons or a titled link, else a text."""
        # Free text must never become a list of recipients.
        if not _USERID.fullmatch(address) or address.lower() == "@all":
            raise ValueError(f"not a userid: {address!r}")
        if content.recall:
            return Request(_RECALL, {"msgid": content.recall})
        return Request(
            _SEND,
            {
                "touser": address,
                "agentid": self._agent_id,
                "enable_duplicate_check": 1,
                "duplicate_check_interval": DUPLICATE_CHECK_S,
                **_message(content, key, media_id),
            },
        )

    def card_update(self, userids: Sequence[str], response_code: str, replace_name: str) -> Request:
        """Turns the buttons of a card into one grey word. A code works once, within 72 h."""
        body = {
            "userids": list(userids),
            "agentid": self._agent_id,
            "response_code": response_code,
            "button": {"replace_name": replace_name},
        }
        return Request(_UPDATE, body)

    async def upload(self, kind: str, name: str, data: bytes) -> str:
        """Stores a file for 3 days; its media_id."""
        return await self._client.upload(kind, name, data)

    async def hold(self, address: str) -> Outcome | int:
        """Nobody has to be asked."""
        del address
        return MINE

    async def send(self, request: Request) -> Outcome:
        """Sends a message or changes a card; a card too old to be changed is NextChannel: write anew."""
        try:
            answer = await self._client.call(request.api, request.body)
        except Refused as refusal:
            return of_refusal(refusal)
        except Unreachable as silence:
            return of_silence(silence)
        return _outcome(request, answer)

    async def ask(self, request: Request) -> Outcome | None:
        """The application can not be asked; the duplicate check makes a repetition safe for 4 h."""
        del request
        return None


def task_id(key: str) -> str:
    """The id of the card sent under an outbox key; comes back with every tap."""
    return safe_id(key, 128)


def _message(content: Content, key: str, media_id: str) -> dict[str, Any]:
    if media_id:
        kind = media_kind(content.file_name)
        return {"msgtype": kind, kind: {"media_id": media_id}}
    if content.buttons:
        return {"msgtype": "template_card", "template_card": _button_card(content, key)}
    if content.title and content.url:
        return {"msgtype": "template_card", "template_card": _notice_card(content)}
    return {
        "msgtype": "text",
        "text": {"content": plain_text(content, TEXT_BYTES - _MARK_BYTES) + _mark(key)},
    }


def _mark(key: str) -> str:
    """An invisible ending that differs from message to message.

    The platform's check tells a repetition by its content alone: the same answer to the same question asked twice in
    four hours would be dropped silently. Cards carry their own task_id, files a fresh media_id. With 4^16 endings, five
    hundred such answers to one person fall on one ending once in thirty thousand times.
    """
    number = int.from_bytes(hashlib.sha256(key.encode()).digest(), "big")
    return "".join(_INVISIBLE[number // 4**place % 4] for place in range(_MARK_LENGTH))


def _button_card(content: Content, key: str) -> dict[str, Any]:
    if len(content.buttons) > MAX_BUTTONS:
        raise ValueError(f"a card has at most {MAX_BUTTONS} buttons")
    buttons = [
        {"text": button.text[:BUTTON_CHARACTERS], "style": 2 if position else 1, "key": button.key}
        for position, button in enumerate(content.buttons)
    ]
    card = {"card_type": "button_interaction", **_card_text(content), "button_list": buttons}
    return card | {"task_id": task_id(key)} | (_card_action(content) if content.url else {})


def _notice_card(content: Content) -> dict[str, Any]:
    return {"card_type": "text_notice", **_card_text(content), **_card_action(content)}


def _card_action(content: Content) -> dict[str, Any]:
    return {"card_action": {"type": 1, "url": content.url}}


def _card_text(content: Content) -> dict[str, Any]:
    """Title and text; without a title the first line is the title."""
    title, text = visible(content.title), visible(content.text)
    if not title:
        title, _, text = text.partition("\n")
    if not title:
        raise ValueError("a card needs a title or a text")
    if len(title) > CARD_TITLE_CHARACTERS:
        title, text = title[: CARD_TITLE_CHARACTERS - 1] + "…", f"{title}\n{text}".rstrip()
    card: dict[str, Any] = {"main_title": {"title": title}}
    return card | ({"sub_title_text": shorten_bytes(text, CARD_TEXT_BYTES)} if text else {})


def _outcome(request: Request, answer: dict[str, Any]) -> Outcome:
    """Code 0 is said even when the only addressee is unknown or has no licence."""
    invalid = _userids(answer, "invaliduser")
    wanted = str(request.body.get("touser", "")).lower()
    if wanted and wanted in invalid:
        return NextChannel("userid unknown to the platform", stale=True)
    if wanted and wanted in _userids(answer, "unlicenseduser"):
        return NextChannel("userid without a licence")
    return Sent(str(answer.get("msgid", "")), str(answer.get("response_code", "")), invalid)


def _userids(answer: dict[str, Any], field: str) -> tuple[str, ...]:
    """A list joined by |, or a JSON list in the answer to card updates; lower case like the platform's."""
    value = answer.get(field) or ()
    names = value.split("|") if isinstance(value, str) else value
    return tuple(str(name).lower() for name in names if name)
