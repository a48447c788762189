"""Texts as they may go out: nothing invisible that deceives, no markup of other people, no byte too many."""

from __future__ import annotations

import re

from models.messages.content import Content
from models.messages.splitting import byte_length, shorten_bytes

TEXT_BYTES = 2048
"""Longest text of one message, app and KF alike (90236, 94677); what is longer is cut silently."""

_TAG = re.compile(r"<(?=[A-Za-z/!])")
_DECEIVING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def visible(text: str) -> str:
    """The same without control characters, zero-width signs and marks that turn the direction of reading."""
    return _DECEIVING.sub("", text)


def plain_text(content: Content, limit: int = TEXT_BYTES) -> str:
    """Title, text and address on lines of their own; where room is short the title goes, never the address.

    Raises ValueError for a text alone that should have been split before.
    """
    if byte_length(content.text) > limit:
        raise ValueError(f"text over {limit} bytes")
    text = shorten_bytes(_words(content.text), limit)
    full = "\n".join(part for part in (_words(content.title), text, content.url) if part)
    if not full.strip():
        raise ValueError("nothing to say")
    if byte_length(full) <= limit:
        return full
    if not content.url:
        return text
    return f"{shorten_bytes(text, limit - byte_length(content.url) - 1)}\n{content.url}"


def _words(text: str) -> str:
    """The client shows <a href>: words of other people must stay words."""
    return _TAG.sub("＜", visible(text))
