"""The menu at the foot of the application. [wecom.md 3.5; codes 40016–40027]"""

from __future__ import annotations

from typing import Any

from bot.simulator import limits
from bot.simulator.answers import ApiError, Json

_PLAIN_TYPES = (
    "click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select",
)  # fmt: skip


def check_menu(body: Json) -> Json:
    """The same menu. Raises ApiError."""
    buttons = body.get("button")
    if set(body) != {"button"} or not isinstance(buttons, list):
        raise ApiError(40058, "button")
    if not 1 <= len(buttons) <= limits.MENU_BUTTONS:
        raise ApiError(40016)
    for button in buttons:
        _check_button(button, limits.MENU_NAME_BYTES, 40018)
        for sub in _subs(button):
            _check_button(sub, limits.MENU_SUB_NAME_BYTES, 40025)
            if "sub_button" in sub:
                raise ApiError(40058, "sub_button")
    return body


def click_keys(menu: Json) -> dict[str, str]:
    """Key → name of every entry that sends an event."""
    entries = [entry for button in menu["button"] for entry in (button, *_subs(button))]
    return {entry["key"]: entry["name"] for entry in entries if entry.get("type") == "click"}


def _subs(button: Any) -> list[Json]:
    subs = button.get("sub_button") or []
    if not isinstance(subs, list) or len(subs) > limits.MENU_SUB_BUTTONS:
        raise ApiError(40023)
    return subs


def _check_button(button: Any, name_bytes: int, name_code: int) -> None:
    if not isinstance(button, dict) or set(button) - {
        "name",
        "type",
        "key",
        "url",
        "appid",
        "pagepath",
        "sub_button",
    }:
        raise ApiError(40058, "button")
    if not 1 <= _size(button.get("name")) <= name_bytes:
        raise ApiError(name_code)
    if button.get("sub_button"):
        return
    kind = button.get("type")
    if kind in _PLAIN_TYPES:
        if not 1 <= _size(button.get("key")) <= limits.MENU_KEY_BYTES:
            raise ApiError(40019)
    elif kind == "view":
        if not 1 <= _size(button.get("url")) <= limits.MENU_URL_BYTES:
            raise ApiError(40020)
    else:
        raise ApiError(40017)


def _size(text: Any) -> int:
    return len(text.encode("utf-8", "surrogatepass")) if isinstance(text, str) else 0
