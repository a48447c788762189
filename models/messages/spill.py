"""A card holds little. What does not fit goes ahead as a text of its own, so that nothing is cut unseen."""

from __future__ import annotations

from dataclasses import replace

from models.messages.content import Content
from models.messages.splitting import byte_length

CARD_BYTES = 1000
"""What surely shows on a card with buttons (WeCom 90236 advises less and cuts more)."""


def spill(content: Content) -> list[Content]:
    """The messages to send, in order: the content itself, or its whole text and then a card with the first line."""
    if not content.buttons or byte_length(content.text) <= CARD_BYTES:
        return [content]
    first_line = content.text.partition("\n")[0]
    whole = "\n".join(part for part in (content.title, content.text) if part)
    return [Content(text=whole), replace(content, text=f"{first_line}\n明细见上一条消息。")]
