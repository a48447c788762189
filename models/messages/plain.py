"""A card or menu said in plain words, for when the platform refuses its shape. Pure."""

from __future__ import annotations

from models.messages.content import Content
from models.messages.outbox import TEXT_BYTES
from models.messages.splitting import shorten_bytes

_TYPED = "say:"
_NO_BUTTONS = "（按钮没能显示，"


def plainer(content: Content) -> Content | None:
    """The same as text alone, with what to write in place of the buttons; None for what is no card and no menu."""
    special = content.file or content.replace or content.recall or content.welcome_code
    if special or not (content.buttons or (content.title and content.url)):
        return None
    parts = (content.title, content.text, content.url, _instead_of_buttons(content))
    text = "\n".join(part for part in parts if part)
    return Content(text=shorten_bytes(text, TEXT_BYTES), sms=content.sms)


def _instead_of_buttons(content: Content) -> str:
    if not content.buttons:
        return ""
    words = [button.key.removeprefix(_TYPED) for button in content.buttons if button.key.startswith(_TYPED)]
    return (
        f"{_NO_BUTTONS}请直接发送：{'、'.join(words)}）"
        if words
        else f"{_NO_BUTTONS}请发送“帮助”看怎样答复）"
    )
