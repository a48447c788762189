"""What kf/send_msg takes: no markdown, no cards. [wecom.md 4.4]"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.simulator import limits
from bot.simulator.answers import ApiError, Json
from bot.simulator.fields import Field, Fields, check

_MEDIA_ID = Field(str, required=True, missing=41006, bad=40007)
_URL = Field(str, required=True, bytes=limits.URL_BYTES, url=True)
_MENU_PART = Field(str, bytes=limits.KF_MENU_HEAD_BYTES, too_long=45002)

MEDIA_TYPES = ("image", "voice", "video", "file")
TYPES: dict[str, Fields] = {
    "text": {"content": Field(str, required=True, bytes=limits.TEXT_BYTES, missing=44004, too_long=45002)},
    **{kind: {"media_id": _MEDIA_ID} for kind in MEDIA_TYPES},
    "link": {
        "title": Field(str, required=True, bytes=limits.TITLE_BYTES, missing=41016),
        "desc": Field(str, bytes=limits.KF_LINK_DESCRIPTION_BYTES),
        "url": _URL,
        "thumb_media_id": _MEDIA_ID,
    },
    "location": {
        "name": Field(str),
        "address": Field(str),
        "latitude": Field(float, required=True),
        "longitude": Field(float, required=True),
    },
    "msgmenu": {
        "head_content": _MENU_PART,
        "list": Field(list, items=limits.KF_MENU_ITEMS, too_long=95008),
        "tail_content": _MENU_PART,
    },
}
_ITEMS: dict[str, Fields] = {
    "click": {
        "id": Field(str, required=True, bytes=limits.KF_MENU_ID_BYTES),
        "content": Field(str, required=True, bytes=limits.KF_MENU_CLICK_BYTES),
    },
    "view": {"url": _URL, "content": Field(str, required=True, bytes=limits.KF_MENU_VIEW_BYTES)},
    "text": {
        "content": Field(str, required=True, bytes=limits.KF_MENU_TEXT_BYTES),
        "no_newline": Field(int, one_of=(0, 1)),
    },
}
_MSGID = Field(str, pattern=limits.KF_MSGID)
_COMMON: Fields = {"msgtype": Field(str, required=True, missing=40008), "msgid": _MSGID}
_SEND: Fields = _COMMON | {
    "touser": Field(str, required=True, missing=40096, bad=40096),
    "open_kfid": Field(str, required=True),
}
_ON_EVENT: Fields = _COMMON | {"code": Field(str, required=True, missing=41050, bad=41050)}


def check_send(body: Json) -> Json:
    """The content of a kf/send_msg. Raises ApiError."""
    return _check(body, _SEND, tuple(TYPES))


def check_on_event(body: Json) -> Json:
    """The content of a kf/send_msg_on_event. Raises ApiError."""
    return _check(body, _ON_EVENT, ("text", "msgmenu"))


def _check(body: Json, common: Fields, kinds: Sequence[str]) -> Json:
    kind = body.get("msgtype")
    if not isinstance(kind, str) or kind not in kinds:
        raise ApiError(40008)
    check(body, {**common, kind: Field(dict, required=True)})
    content = check(body[kind], TYPES[kind], f"{kind}.")
    for item in content.get("list") or [] if kind == "msgmenu" else []:
        _check_item(item)
    if kind == "msgmenu" and not any(content.values()):
        raise ApiError(44004)
    return content


def _check_item(item: Any) -> None:
    kind = item.get("type") if isinstance(item, dict) else None
    if not isinstance(kind, str) or kind not in _ITEMS:
        raise ApiError(40058, "msgmenu.list.type")
    check(item, {"type": Field(str), kind: Field(dict, required=True, fields=_ITEMS[kind])}, "msgmenu.list.")
