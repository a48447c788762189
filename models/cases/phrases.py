"""The little language of the word lists.

"水…喷/涌" is 水, then within eight characters of one clause 喷 or 涌. "电梯&出不去" is both, anywhere.

A manager can read and extend such a list without knowing regular expressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

_STOP = "，。！？；：、,.!?;~～"
_GAP = rf"(?:[A-Z']+|[^{_STOP}A-Z]){{0,8}}?"
"""What may stand between two words: a word in Latin letters counts as one character."""
_CLAUSES = re.compile(rf"[{_STOP}]+")


@cache
def pattern(phrase: str) -> re.Pattern[str]:
    """The phrase as a regular expression, one group for each of its words."""
    words = [
        "(" + "|".join(re.escape(choice) for choice in word.split("/")) + ")" for word in phrase.split("…")
    ]
    return re.compile(_GAP.join(words))


def has(phrases: Iterable[str], text: str) -> bool:
    """Whether one of the phrases occurs."""
    return any(weight(phrase, text) for phrase in phrases)


def weight(phrase: str, text: str) -> tuple[int, int] | None:
    """How many characters of the phrase's words occur, and where; what stands between them does not count."""
    found = [pattern(part).search(text) for part in phrase.split("&")]
    hits = [match for match in found if match]
    if len(hits) < len(found):
        return None
    return sum(len(word) for match in hits for word in match.groups()), min(match.start() for match in hits)


def without(phrases: Iterable[str], text: str) -> str:
    """The text with these phrases cut out."""
    for phrase in phrases:
        text = pattern(phrase).sub("", text)
    return text


def clauses(text: str) -> list[str]:
    """The parts between the marks."""
    return [part for part in _CLAUSES.split(text) if part]
