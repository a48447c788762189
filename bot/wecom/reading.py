"""Turns the decrypted XML of the application's callback into `Inbound`; an unknown type is kept as it is."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any

from bot.wecom.xml import Element
from models.errors import BadCallback
from models.messages.inbound import Inbound, Kind

_SECONDS = re.compile(r"[0-9]{1,11}", re.ASCII)  # 11 digits still are a year Python knows
_KINDS = {
    "text": Kind.TEXT,
    "image": Kind.IMAGE,
    "voice": Kind.VOICE,
    "video": Kind.VIDEO,
    "file": Kind.FILE,
    "location": Kind.LOCATION,
    "link": Kind.LINK,
}
_TEXT_FIELD = {Kind.TEXT: "Content", Kind.LOCATION: "Label", Kind.LINK: "Title"}
_PRESSES = {"click", "template_card_event", "template_card_menu_event", "taskcard_click"}
_RENAMED = {"location_x": "latitude", "location_y": "longitude"}
_OWN_FIELDS = {"to_user_name", "from_user_name", "create_time", "msg_id", "media_id", "event"}


def read(root: Element, now: datetime) -> Inbound:
    """The message or event. Raises BadCallback where a field that every one must have is missing."""
    if not root.one("MsgType"):
        raise BadCallback("fields", 400)
    sent_at = _sent_at(root, now)
    return _event(root, sent_at) if root.one("MsgType") == "event" else _message(root, sent_at)


def _message(root: Element, sent_at: datetime) -> Inbound:
    kind = _KINDS.get(root.one("MsgType"), Kind.OTHER)
    sender = _sender(root)
    if not sender:
        raise BadCallback("fields", 400)
    return Inbound(
        channel="wecom",
        key=_message_key(root),
        sender=sender,
        kind=kind,
        sent_at=sent_at,
        text=root.one(_TEXT_FIELD.get(kind, "Content")),
        media_id=root.one("MediaId"),
        data=_data(root, without={"content"} if kind is Kind.TEXT else set()),
    )


def _event(root: Element, sent_at: datetime) -> Inbound:
    event = root.one("Event")
    if not event:
        raise BadCallback("fields", 400)
    pressed = event in _PRESSES
    return Inbound(
        channel="wecom",
        key=_fingerprint(root),
        sender=_sender(root),
        kind=Kind.PRESS if pressed else Kind.EVENT,
        sent_at=sent_at,
        action=root.one("EventKey") if pressed else event,
        data=_data(root, without=set()) | ({"event": event} if pressed else {}),
    )


def _sender(root: Element) -> str:
    """Userids are compared without regard to case; `sys` is the platform itself."""
    sender = root.one("FromUserName").lower()
    return "" if sender == "sys" else sender


def _sent_at(root: Element, now: datetime) -> datetime:
    seconds = root.one("CreateTime")
    if not _SECONDS.fullmatch(seconds):
        raise BadCallback("fields", 400)
    # Nothing was sent in the future: a clock ahead of ours must not hold a reply window open.
    return min(datetime.fromtimestamp(int(seconds), UTC), now)


def _message_key(root: Element) -> str:
    """MsgId, kept as text: it goes beyond 2^53."""
    msg_id = root.one("MsgId")
    return msg_id if 0 < len(msg_id) <= 64 else _fingerprint(root)


def _fingerprint(root: Element) -> str:
    """One key for one event, over every field it has.

    Events carry no MsgId, and sender + CreateTime is shared by system events of one second. Values are
    hashed, not bytes: a re-delivery that is laid out differently still is the same event.
    """
    canonical = json.dumps(root.values(), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _data(root: Element, without: set[str]) -> dict[str, Any]:
    hidden = _OWN_FIELDS | without
    return {_RENAMED.get(name, name): value for name, value in root.values().items() if name not in hidden}
