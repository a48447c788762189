"""What we want to say, before a channel is chosen. A channel renders it as text, card, menu, picture, file or SMS."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Button:
    """A tap. `key` comes back as `Inbound.action`; ≤ 64 bytes, `text` ≤ 10 characters."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Sms:
    """The neutral pointer that stands in for this content on SMS: a registered template and its short variables."""

    template: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """One message to one person.

    title: the card's headline (WeCom app); empty for plain text.
    file: what to attach, such as "notice:<id>" for a notice's PDF (bot.attachments). Sent alone.
    file_name: the name the person sees.
    url: opened by the card or shown as link.
    sms: what to send where only SMS is left; None means this content never becomes an SMS.
    welcome_code: the code of a chat just opened; makes this the greeting (WeCom 95122: once, within 20 s).
    task_id, replace: instead of saying something new, the buttons of that card give way to the text `replace`.
    recall: instead of saying something new, the message that the platform knows by this id is taken back.
    """

    text: str = ""
    title: str = ""
    buttons: tuple[Button, ...] = ()
    file: str = ""
    file_name: str = ""
    url: str = ""
    sms: Sms | None = None
    welcome_code: str = ""
    task_id: str = ""
    replace: str = ""
    recall: str = ""

    def to_json(self) -> dict[str, Any]:
        """A JSON-able dict without empty fields."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Content:
        """The inverse of `to_json`."""
        known = dict(data)
        known["buttons"] = tuple(Button(**button) for button in data.get("buttons", ()))
        if sms := data.get("sms"):
            known["sms"] = Sms(sms["template"], tuple((name, value) for name, value in sms.get("params", ())))
        return cls(**known)
