"""The XML an application gets in its callbacks. [wecom.md 2]"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.simulator.settings import SimulatorSettings

# What XML 1.0 can not carry; the platform drops it too.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Inner:
    """Builds the decrypted part of callbacks for one application."""

    settings: SimulatorSettings

    def message(self, userid: str, kind: str, message_id: str, now: datetime, **fields: object) -> str:
        """A message from a member of staff."""
        return self._xml(userid, now, kind, **fields, MsgId=message_id, AgentID=self.settings.agent_id)

    def event(self, userid: str, name: str, now: datetime, **fields: object) -> str:
        """An event of a member of staff."""
        return self._xml(userid, now, "event", Event=name, **fields, AgentID=self.settings.agent_id)

    def kf_notice(self, token: str, now: datetime) -> str:
        """There is something in the KF log; carries neither sender nor agent nor message id."""
        notice = {"Event": "kf_msg_or_event", "Token": token, "OpenKfId": self.settings.open_kfid}
        head = _elements({"ToUserName": self.settings.corp_id, "CreateTime": int(now.timestamp())})
        return f"<xml>{head}{_elements({'MsgType': 'event'} | notice)}</xml>"

    def _xml(self, userid: str, now: datetime, kind: str, **fields: object) -> str:
        head = {
            "ToUserName": self.settings.corp_id,
            "FromUserName": userid,
            "CreateTime": int(now.timestamp()),
            "MsgType": kind,
        }
        return f"<xml>{_elements(head | fields)}</xml>"


def envelope(corp_id: str, agent_id: int, encrypted: str) -> bytes:
    """The outer XML; nothing in it but Encrypt is signed."""
    fields = _elements({"ToUserName": corp_id, "AgentID": str(agent_id), "Encrypt": encrypted})
    return f"<xml>{fields}</xml>".encode()


def clean(text: str) -> str:
    """Without the characters that can not travel."""
    return _ILLEGAL.sub("", text)


def _elements(fields: Mapping[str, object]) -> str:
    return "".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields.items())


def _value(value: object) -> str:
    if isinstance(value, int | float):
        return str(value)
    text = clean(str(value)).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{text}]]>"
