"""The other side of the wire for conversations: takes the very requests the channels make and shows them on phones.

HTTP and encryption are left to the simulator's own tests; here thousands of sentences have to be spoken in seconds.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.channels.sms_gateway import SmsStatus
from models.errors import Refused

WRONG_NUMBERS = "199000"
"""Numbers that begin so belong to nobody."""


@dataclass
class Entry:
    """One thing on a phone."""

    who: str
    kind: str
    text: str
    buttons: dict[str, str] = field(default_factory=dict)
    task_id: str = ""
    state: str = ""


class FakePlatform:
    """Accepts what WecomClient would send. Answers errcode 0 unless something is scripted in `refuse`."""

    def __init__(self) -> None:
        self.phones: dict[str, list[Entry]] = defaultdict(list)
        self.media: dict[str, bytes] = {}
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.refuse: list[Exception] = []
        self.holders: dict[str, int] = {}
        self.recalled: list[str] = []
        self._count = 0
        self._codes: dict[str, Entry] = {}
        self._answers: dict[str, dict[str, Any]] = {}
        self._out_ids: set[str] = set()

    async def call(self, api: str, body: Mapping[str, Any] | None = None, **_: Any) -> dict[str, Any]:
        """One API call."""
        if self.refuse and api != "kf/service_state/get":
            raise self.refuse.pop(0)
        sent = json.loads(json.dumps(body or {}))
        self.requests.append((api, sent))
        self._count += 1
        if (before := self._repeated(api, sent)) is not None:
            return before
        answer = self._show(api, sent)
        self._answers[_identity(api, sent)] = answer
        return answer

    def _repeated(self, api: str, sent: dict[str, Any]) -> dict[str, Any] | None:
        """The platform's own protection: a KF msgid, or the same JSON to the app, is shown once only."""
        return None if api.startswith("kf/service_state/") else self._answers.get(_identity(api, sent))

    def _show(self, api: str, sent: dict[str, Any]) -> dict[str, Any]:
        if api == "message/update_template_card":
            entry = self._codes.pop(sent["response_code"])
            entry.buttons, entry.state = {}, sent["button"]["replace_name"]
            return {"errcode": 0}
        if api == "kf/service_state/get":
            return {"errcode": 0, "service_state": self.holders.get(sent["external_userid"], 1)}
        if api == "kf/service_state/trans":
            self.holders[sent["external_userid"]] = sent["service_state"]
            return {"errcode": 0}
        if api == "message/recall":
            self.recalled.append(sent["msgid"])
            return {"errcode": 0}
        entry = _entry(sent)
        phone = entry.who if api != "kf/send_msg_on_event" else sent["code"].removeprefix("welcome-")
        self.phones[phone].append(entry)
        code = f"rc{self._count}"
        self._codes[code] = entry
        return {"errcode": 0, "msgid": sent.get("msgid", f"m{self._count}"), "response_code": code}

    def fresh_code(self, entry: Entry) -> str:
        """What a tap on a card carries."""
        self._count += 1
        code = f"rc{self._count}"
        self._codes[code] = entry
        return code

    async def upload(self, kind: str, name: str, data: bytes) -> str:
        """Keeps the bytes under a media id."""
        self._count += 1
        self.requests.append(("media/upload", {"name": name}))
        self.media[f"{kind}-{self._count}"] = data
        return f"{kind}-{self._count}"

    async def send(self, template: str, mobile: str, params: dict[str, str], out_id: str) -> str:
        """The SMS gateway."""
        self.requests.append(("sms/send", {"template": template, "mobile": mobile, **params}))
        if mobile.startswith(WRONG_NUMBERS):
            raise Refused("isv.MOBILE_NUMBER_ILLEGAL", "no such number", api="sms/send")
        self._out_ids.add(out_id)
        shown = " ".join([template, *params.values()])
        self.phones[mobile].append(Entry(mobile, "sms", shown))
        return f"sms-{out_id}"

    async def status(self, out_id: str, mobile: str) -> SmsStatus:
        """What became of an SMS."""
        del mobile
        return SmsStatus.DELIVERED if out_id in self._out_ids else SmsStatus.UNKNOWN


def _identity(api: str, sent: dict[str, Any]) -> str:
    return f"{api} {sent.get('msgid') or json.dumps(sent, sort_keys=True)}"


def _entry(sent: dict[str, Any]) -> Entry:
    who, kind = str(sent.get("touser", "")).removeprefix("wm"), sent["msgtype"]
    part = sent[kind]
    if kind == "msgmenu":
        items = [item["click"] for item in part["list"] if item["type"] == "click"]
        return Entry(
            who,
            "menu",
            part["head_content"] + part.get("tail_content", ""),
            {item["content"]: item["id"] for item in items},
        )
    if kind == "template_card":
        text = "\n".join([part["main_title"]["title"], part.get("sub_title_text", "")])
        buttons = {button["text"]: button["key"] for button in part.get("button_list", [])}
        return Entry(who, "card", text, buttons, part.get("task_id", ""))
    text = part.get("content") or part.get("media_id") or part.get("title", "")
    return Entry(who, kind, text.rstrip("\u200b\u200c\u200d\ufeff"))
