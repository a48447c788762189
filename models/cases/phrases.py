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
    return any(weight(phrase, text) for phrase in candidates(tuple(phrases), text))


def candidates(phrases: tuple[str, ...], text: str) -> list[str]:
    """Those that may occur, for their first characters do: of a thousand phrases a message leaves some dozens."""
    by_character = _by_character(phrases)
    if len(by_character) < len(text):
        return [phrase for character, found in by_character.items() if character in text for phrase in found]
    return [phrase for character in set(text) for phrase in by_character.get(character, ())]


@cache
def _by_character(phrases: tuple[str, ...]) -> dict[str, list[str]]:
    """Each phrase under the characters its first word can begin with."""
    found: dict[str, list[str]] = {}
    for phrase in phrases:
        for word in dict.fromkeys(word[:1] for word in re.split("[…&]", phrase)[0].split("/")):
            found.setdefault(word, []).append(phrase)
    return found


def weight(phrase: str, text: str) -> tuple[int, int] | None:
    """How many characters of the phrase's words occur, and where; what stands between them does not count."""
    if is_plain(phrase):
        at = text.find(phrase)
        return None if at < 0 else (len(phrase), at)
    hits = []
    for needed, part in _parts(phrase):
        hit = part.search(text) if any(word in text for word in needed) else None
        if hit is None:
            return None
        hits.append(hit)
    return sum(len(word) for hit in hits for word in hit.groups()), min(hit.start() for hit in hits)


@cache
def is_plain(phrase: str) -> bool:
    """Whether it is one word as it stands."""
    return not set("…/&") & set(phrase)


@cache
def _parts(phrase: str) -> list[tuple[list[str], re.Pattern[str]]]:
    """Each part that must occur, with the words it can end in: without one of them there is no need to look."""
    return [(part.split("…")[-1].split("/"), pattern(part)) for part in phrase.split("&")]


def without(phrases: Iterable[str], text: str) -> str:
    """The text with these phrases cut out."""
    for phrase in phrases:
        text = text.replace(phrase, "") if is_plain(phrase) else pattern(phrase).sub("", text)
    return text


def clauses(text: str) -> list[str]:
    """The parts between the marks."""
    return [part for part in _CLAUSES.split(text) if part]
