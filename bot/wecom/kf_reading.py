"""Turns the items of 微信客服's sync_msg into `Inbound`: every item becomes one, whatever it is.

Source: 接收消息和事件 (94670). Origin 3 is the customer, 4 the platform, 5 a human servicer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from models.messages.inbound import Inbound, Kind

_CUSTOMER, _SERVICER = 3, 5
_LAST_SECOND = 99_999_999_999  # the year 5138
_KINDS = {
    "text": Kind.TEXT,
    "image": Kind.IMAGE,
    "voice": Kind.VOICE,
    "video": Kind.VIDEO,
    "file": Kind.FILE,
    "location": Kind.LOCATION,
    "link": Kind.LINK,
}


def read_item(item: object, open_kfid: str, now: datetime) -> Inbound:
    """One item of a page. Never raises: one odd item must not hold up those behind it."""
    fields = _clean(item) if isinstance(item, dict) else {"item": _clean(item)}
    kind = str(fields.get("msgtype", ""))
    inner = fields.get(kind)
    own: dict[str, Any] = inner if isinstance(inner, dict) else {}
    if kind == "event":
        return _event(fields, own, open_kfid, now)
    if fields.get("origin") == _CUSTOMER:
        return _message(fields, own, open_kfid, now)
    action = "servicer_message" if fields.get("origin") == _SERVICER else "other_message"
    more = {"msgtype": kind, "servicer_userid": str(fields.get("servicer_userid", "")), **own}
    return _inbound(fields, own, open_kfid, now, kind=Kind.EVENT, action=action, data=more)


def _message(fields: dict[str, Any], own: dict[str, Any], open_kfid: str, now: datetime) -> Inbound:
    kind = _KINDS.get(str(fields.get("msgtype", "")), Kind.OTHER)
    menu_id = str(own.get("menu_id", "")) if kind is Kind.TEXT else ""
    if menu_id:
        kind = Kind.PRESS
    more = {name: value for name, value in own.items() if name not in ("content", "menu_id", "media_id")}
    if kind is Kind.OTHER:
        more = {**more, "msgtype": str(fields.get("msgtype", ""))}
    return _inbound(fields, own, open_kfid, now, kind=kind, action=menu_id, data=more)


def _event(fields: dict[str, Any], event: dict[str, Any], open_kfid: str, now: datetime) -> Inbound:
    """Events name account and customer inside of themselves."""
    outer = {**fields, "external_userid": event.get("external_userid", "")}
    hidden = ("event_type", "external_userid", "open_kfid")
    more = {name: value for name, value in event.items() if name not in hidden}
    account = str(event.get("open_kfid") or open_kfid)
    action = str(event.get("event_type", ""))
    return _inbound(outer, {}, account, now, kind=Kind.EVENT, action=action, data=more)


def _inbound(
    fields: dict[str, Any],
    own: dict[str, Any],
    open_kfid: str,
    now: datetime,
    *,
    kind: Kind,
    action: str,
    data: dict[str, Any],
) -> Inbound:
    return Inbound(
        channel="kf",
        key=_key(fields),
        sender=str(fields.get("external_userid", "")),
        kind=kind,
        sent_at=_sent_at(fields.get("send_time"), now),
        text=_text(kind, own),
        action=action,
        media_id=str(own.get("media_id", "")),
        data={**data, "open_kfid": str(fields.get("open_kfid") or open_kfid)},
    )


def _text(kind: Kind, own: Mapping[str, Any]) -> str:
    if kind is Kind.LOCATION:
        return " ".join(str(own[name]) for name in ("name", "address") if own.get(name))
    return str(own.get("title" if kind is Kind.LINK else "content", ""))


def _key(fields: dict[str, Any]) -> str:
    msgid = fields.get("msgid")
    if isinstance(msgid, str) and 0 < len(msgid) <= 64:
        return msgid
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def _sent_at(seconds: object, now: datetime) -> datetime:
    """The end of the second told, but not later than now: the 48 hours in which we may answer are counted from here.

    From its beginning on, what we showed before the customer wrote in that second would count as said after it.
    """
    if isinstance(seconds, int) and 0 <= seconds <= _LAST_SECOND:
        return min(datetime.fromtimestamp(seconds + 1, UTC), now)
    return now


def _clean(value: Any) -> Any:
    """The same without NUL and half characters, which JSON can carry and databases can not."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, dict):
        return {_clean(name): _clean(each) for name, each in value.items()}
    return value
