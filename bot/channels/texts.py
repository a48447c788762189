"""One plain text from title, text and address, for messages without a card."""

from __future__ import annotations

import re

from models.messages.content import Content
from models.messages.splitting import byte_length, shorten_bytes

TEXT_BYTES = 2048
"""Longest text of one message, app and KF alike (90236, 94677); what is longer is cut silently."""

_TAG = re.compile(r"<(?=[A-Za-z/!])")


def plain_text(content: Content, limit: int = TEXT_BYTES) -> str:
    """Title, text and address on lines of their own; where room is short the title goes, never the address.

    Raises ValueError for a text alone that should have been split before.
    """
    # The client shows <a href>: words of other people must stay words.
    if byte_length(content.text) > limit:
        raise ValueError(f"text over {limit} bytes")
    text = shorten_bytes(_TAG.sub("＜", content.text), limit)
    if not text and not content.title and not content.url:
        raise ValueError("nothing to say")
    full = "\n".join(part for part in (_TAG.sub("＜", content.title), text, content.url) if part)
    if byte_length(full) <= limit:
        return full
    if not content.url:
        return text
    return f"{shorten_bytes(text, limit - byte_length(content.url) - 1)}\n{content.url}"
