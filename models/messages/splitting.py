"""Splits a text into messages that fit a limit of bytes, where a reader would pause.

Limits of the platform count UTF-8 bytes and longer texts are cut silently: 2,048 bytes are about 680
Chinese characters (WeCom 90236).
"""

from __future__ import annotations

import unicodedata

_PAUSES = ("\n", "。！？；!?;…", "，、,：: 　")
"""Kinds of places to split after, best first."""
_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)


def split_bytes(text: str, limit: int = 2048) -> list[str]:
    """Pieces of at most `limit` bytes that join up to `text` again; at least one, none empty but for "" itself.

    Prefers the end of a line, then of a sentence, then of a phrase, as long as the piece stays at least half full.
    """
    if limit < 4:
        raise ValueError("a character can have 4 bytes")
    pieces = []
    rest = text
    while byte_length(rest) > limit:
        cut = _place_to_cut(rest, limit)
        pieces.append(rest[:cut])
        rest = rest[cut:]
    return [*pieces, rest] if rest or not pieces else pieces


def shorten_bytes(text: str, limit: int) -> str:
    """`text` when it fits into `limit` bytes, else its beginning with an ellipsis; `limit` is at least 7."""
    if byte_length(text) <= limit:
        return text
    return text[: _whole_characters(text, limit - byte_length("…"))] + "…"


def byte_length(text: str) -> int:
    """UTF-8 bytes; half a surrogate pair, which is not text, counts as the three it would take."""
    return len(text.encode("utf-8", "surrogatepass"))


def _place_to_cut(text: str, limit: int) -> int:
    longest = _whole_characters(text, limit)
    for pauses in _PAUSES:
        at = max(text.rfind(pause, longest // 2, longest) for pause in pauses)
        if at >= 0:
            return at + 1
    return longest


def _whole_characters(text: str, limit: int) -> int:
    """How many code points fit without tearing what is seen as one character, where such a place exists."""
    fitting = text[:limit].encode("utf-8", "surrogatepass")[:limit]
    longest = sum(byte & 0xC0 != 0x80 for byte in fitting)
    if byte_length(text[:longest]) > limit:
        longest -= 1
    for cut in range(longest, 0, -1):
        if cut == len(text) or not _belongs_to_previous(text, cut):
            return cut
    return longest


def _belongs_to_previous(text: str, at: int) -> bool:
    character, previous = text[at], text[at - 1]
    if _JOINER in (character, previous):
        return True
    if ord(character) in _FLAG_LETTERS and ord(previous) in _FLAG_LETTERS:
        return _flag_letters_before(text, at) % 2 == 1
    return unicodedata.category(character) in ("Mn", "Me", "Mc") or ord(character) in _SKIN_TONES


def _flag_letters_before(text: str, at: int) -> int:
    start = at
    while start > 0 and ord(text[start - 1]) in _FLAG_LETTERS:
        start -= 1
    return at - start
