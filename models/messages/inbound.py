"""What a person sent, in one form for every channel. The rim turns wire formats into this; nothing below knows another."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What sort of message it is."""

    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    FILE = "file"
    LOCATION = "location"
    LINK = "link"
    PRESS = "press"  # a card button, an app menu entry or a KF menu entry; `action` is its key
    EVENT = "event"  # anything else the platform tells; `action` is the event's name
    OTHER = "other"  # a type we do not know: kept raw, answered politely


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message or event.

    channel: "wecom" (staff, self-built app) or "kf" (tenants, 微信客服).
    key: unique within the channel; a second arrival with the same key is the same message.
    sender: userid in lower case (wecom) or external_userid (kf); "" for events of the platform itself.
    text: the text, the label of the button pressed, or the address of a location.
    action: key of what was pressed, or name of the event.
    media_id: what was sent with it, to be fetched at once (valid 3 days).
    data: the other fields by their wire names, JSON-able (task_id, response_code, welcome_code, latitude, url…).
    sent_at: aware UTC.
    """

    channel: str
    key: str
    sender: str
    kind: Kind
    sent_at: datetime
    text: str = ""
    action: str = ""
    media_id: str = ""
    data: dict[str, Any] = field(default_factory=dict)
