"""Text that every database can keep: PostgreSQL has no NUL, and neither has halves of surrogate pairs.

JSON may carry both ("\\u0000", "\\ud83d"), so anybody can send them. They stand for nothing a person wrote.
"""

from __future__ import annotations

from typing import Any


def storable(value: Any) -> Any:
    """The same JSON-able value without what can not be stored, however deep it lies."""
    match value:
        case str():
            return _text(value)
        case dict():
            return {_text(str(name)): storable(each) for name, each in value.items()}
        case list() | tuple():
            return [storable(each) for each in value]
    return value


def _text(text: str) -> str:
    if text.isascii():
        return text.replace("\x00", "") if "\x00" in text else text
    # Pairs of halves that belong together become the one character they mean.
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", "")
