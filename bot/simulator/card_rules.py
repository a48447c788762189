"""What a template card may contain. Codes: 全局错误码 42014–42051. [wecom.md 3.3]"""

from __future__ import annotations

from typing import Any

from bot.simulator import limits
from bot.simulator.answers import ApiError, Json
from bot.simulator.fields import Field, Fields, check

TEXT_NOTICE, BUTTON_INTERACTION = "text_notice", "button_interaction"

_TEXT = Field(str)
_URL = Field(str, bytes=limits.URL_BYTES, url=True)

_JUMP: Fields = {
    "type": Field(int, one_of=(0, 1, 2)),
    "title": Field(str, required=True, missing=42033),
    "url": _URL,
    "appid": _TEXT,
    "pagepath": _TEXT,
}
_CARD_ACTION: Fields = {
    "type": Field(int, required=True, one_of=(1, 2), missing=42045, bad=42045),
    "url": _URL,
    "appid": _TEXT,
    "pagepath": _TEXT,
}
_HORIZONTAL: Fields = {
    "keyname": Field(str, required=True, missing=42027),
    "value": _TEXT,
    "type": Field(int, one_of=(0, 1, 2, 3)),
    "url": _URL,
    "media_id": _TEXT,
    "userid": _TEXT,
}
_MENU_ACTION: Fields = {
    "text": Field(str, required=True, missing=42038),
    "key": Field(str, required=True, bytes=limits.BUTTON_KEY_BYTES, missing=42039, too_long=42039),
}
_BUTTON: Fields = {
    "type": Field(int, one_of=(0, 1)),
    "text": Field(
        str, required=True, characters=limits.BUTTON_CHARACTERS, missing=42038, bad=42038, too_long=42038
    ),
    "style": Field(int, one_of=(1, 2, 3, 4)),
    "key": Field(str, bytes=limits.BUTTON_KEY_BYTES, bad=42039, too_long=42039),
    "url": _URL,
}
_ANY_CARD: Fields = {
    "card_type": Field(str, required=True, missing=42031, bad=42031),
    "source": Field(
        dict, fields={"icon_url": _URL, "desc": _TEXT, "desc_color": Field(int, one_of=(0, 1, 2, 3))}
    ),
    "action_menu": Field(
        dict,
        fields={
            "desc": _TEXT,
            "action_list": Field(list, required=True, items=limits.MENU_ACTIONS, fields=_MENU_ACTION),
        },
    ),
    "main_title": Field(dict, fields={"title": _TEXT, "desc": _TEXT}),
    "quote_area": Field(
        dict,
        fields={
            "type": Field(int, one_of=(0, 1, 2)),
            "url": _URL,
            "appid": _TEXT,
            "pagepath": _TEXT,
            "title": _TEXT,
            "quote_text": _TEXT,
        },
    ),
    "sub_title_text": _TEXT,
    "horizontal_content_list": Field(list, items=limits.HORIZONTAL_ITEMS, fields=_HORIZONTAL, too_long=42035),
    "card_action": Field(dict, fields=_CARD_ACTION, bad=42045),
    "task_id": Field(str, pattern=limits.TASK_ID, bad=42014),
}
_FIELDS: dict[str, Fields] = {
    TEXT_NOTICE: _ANY_CARD
    | {
        "emphasis_content": Field(dict, fields={"title": _TEXT, "desc": _TEXT}),
        "jump_list": Field(list, items=limits.JUMPS, fields=_JUMP, too_long=42042),
        "card_action": Field(dict, required=True, fields=_CARD_ACTION, missing=42045, bad=42045),
    },
    BUTTON_INTERACTION: _ANY_CARD
    | {
        "button_list": Field(
            list, required=True, items=limits.BUTTONS, fields=_BUTTON, missing=42038, too_long=40016
        ),
        "task_id": Field(str, required=True, pattern=limits.TASK_ID, missing=42014, bad=42014),
    },
}


def check_card(card: Any) -> Json:
    """The same card. Raises ApiError."""
    if not isinstance(card, dict):
        raise ApiError(40058, "template_card must be an object")
    card_type = card.get("card_type")
    if not isinstance(card_type, str) or card_type not in _FIELDS:
        raise ApiError(42031)
    check(card, _FIELDS[card_type], "template_card.")
    if not title_of(card) and not card.get("sub_title_text"):
        raise ApiError(42033, "main_title.title or sub_title_text")
    _check_actions(card)
    _check_keys(card)
    return card


def title_of(card: Json) -> str:
    """The headline."""
    return str((card.get("main_title") or {}).get("title", ""))


def text_of(card: Json) -> str:
    """Everything under the headline, as the phone shows it."""
    emphasis = card.get("emphasis_content") or {}
    quote = card.get("quote_area") or {}
    lines = [
        (card.get("main_title") or {}).get("desc"),
        " ".join(str(emphasis[name]) for name in ("title", "desc") if emphasis.get(name)),
        card.get("sub_title_text"),
        *(f"{item['keyname']}:{item.get('value', '')}" for item in card.get("horizontal_content_list") or []),
        "\n".join(str(quote[name]) for name in ("title", "quote_text") if quote.get(name)),
    ]
    return "\n".join(line for line in lines if line)


def url_of(card: Json) -> str:
    """Where a tap on the card leads."""
    targets = [card.get("card_action") or {}, *(card.get("jump_list") or [])]
    return next((str(target["url"]) for target in targets if target.get("url")), "")


def keys_of(card: Json) -> list[tuple[str, str]]:
    """(key, text) of everything that calls back."""
    menu = (card.get("action_menu") or {}).get("action_list") or []
    pressable = [button for button in card.get("button_list") or [] if button.get("type", 0) == 0]
    return [(item["key"], item["text"]) for item in (*pressable, *menu)]


def _check_actions(card: Json) -> None:
    for target in (card.get("card_action"), *(card.get("jump_list") or [])):
        if target and target.get("type") == 1 and not target.get("url"):
            raise ApiError(42028)
    if card.get("action_menu") and not card.get("task_id"):
        raise ApiError(42014)
    for button in card.get("button_list") or []:
        if button.get("type", 0) == 0 and not button.get("key"):
            raise ApiError(42039)
        if button.get("type") == 1 and not button.get("url"):
            raise ApiError(42028)


def _check_keys(card: Json) -> None:
    keys = [key for key, _ in keys_of(card)]
    if len(set(keys)) != len(keys):
        raise ApiError(42051 if card.get("action_menu") else 42018)
