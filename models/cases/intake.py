"""Understanding a report: what is broken, how urgent it is, where. Pure: text and the tenant's units in, facts out.

People write in simplified or traditional characters, in English, with emoji, without punctuation. What is understood
comes from the words in `rules.repair`; what the person wrote is kept as the description.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from models.cases.english import ENGLISH
from models.cases.glossary import SPELLINGS, TRADITIONAL
from models.cases.phrases import candidates, clauses, has, weight, without
from models.rules import RepairRules

OTHER = "其他"
LONGEST = 500
"""Characters of a description; the original message stays in the inbox."""

_COMMON = (
    "大堂",
    "大厅",
    "走廊",
    "楼道",
    "楼梯",
    "电梯",
    "停车场",
    "车库",
    "地库",
    "天台",
    "公共",
    "园区",
    "门厅",
)
_GREETING = re.compile(r"^(?:(?:你好|您好|请问|麻烦|师傅|管家|报修|我要|想)[\s,，。.!！:：、~～]*)+")
_CODE = re.compile(r"(?<![A-Z0-9])([A-Z]{1,2})?\s*(?:座|栋|-|#|区)*\s*(\d{3,4})(?!\d|[年月日元块点时分])")
_FLOOR = re.compile(r"(?<![A-Z0-9])(-?\d{1,2}|[一二三四五六七八九十]{1,3})\s*(?:楼|层|F(?![A-Z]))")
_LATIN = re.compile(r"[A-Z]/?[A-Z]")
"""Without such a pair of letters no English word can be in the text."""
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Rented:
    """A unit as far as understanding needs it."""

    id: int
    code: str
    floor: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a fault is. `choices`: the units to ask about; empty when it is clear."""

    unit: Rented | None
    place: str
    choices: tuple[Rented, ...] = ()


def clean(text: str) -> str:
    """The description as it is kept: no greetings in front, no runs of blanks and marks, at most 500 characters."""
    plain = "".join(c for c in text if unicodedata.category(c) != "Cc" or c.isspace())
    plain = _GREETING.sub("", " ".join(plain.split()))
    plain = re.sub(r"[!！]{2,}", "！", plain)
    plain = re.sub(r"([。，、,.?？~～…])\1+", r"\1", plain).strip(" ,，、:：")
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"


def says_something(text: str) -> bool:
    """Whether there are words in it, not only marks and emoji."""
    return sum(c.isalpha() for c in re.sub(r"\[[^\]]{1,8}\]", "", text)) >= 2


@lru_cache(maxsize=8)
def folded(text: str) -> str:
    """The text as the word lists know it: simplified, upper case, foreign words translated.

    Of one message it is asked several times over, so the last ones are remembered.
    """
    plain = unicodedata.normalize("NFKC", text).replace("’", "'")
    for spelling, usual in SPELLINGS:
        plain = plain.replace(spelling, usual)
    plain = plain.translate(TRADITIONAL).upper()
    for pattern, chinese in ENGLISH if _LATIN.search(plain) else ():
        plain = pattern.sub(chinese, plain)
    for spelling, usual in SPELLINGS:
        plain = plain.replace(spelling, usual)
    return plain


def category_of(text: str, rules: RepairRules) -> str:
    """The category whose longest phrase occurs; more phrases, then the earlier one, decide between equals.

    A word of danger counts for one character more: a burning bin is no matter for the cleaners. Where something is
    (the toilets, the car park) decides only when no thing is named.
    """
    plain = without(rules.not_things, folded(text))
    named = {**rules.categories, OTHER: rules.other_things}
    best = max(named, key=lambda category: _score(named[category], plain, rules))
    if any(_score(named[best], plain, rules)):
        return best
    return next((category for category, words in rules.places.items() if has(words, plain)), OTHER)


def _score(phrases: Sequence[str], plain: str, rules: RepairRules) -> tuple[int, int, int]:
    """How well the phrases fit: the longest, how many, how early."""
    hits = [
        (phrase, *found)
        for phrase in dict.fromkeys(candidates(tuple(phrases), plain))
        if (found := weight(phrase, plain))
    ]
    if not hits:
        return (0, 0, 0)
    longest = max(
        length + (phrase in rules.emergency_words or phrase in rules.emergency_unless)
        for phrase, length, _ in hits
    )
    return (longest, len(hits), -min(at for _, _, at in hits))


def urgency_of(text: str, rules: RepairRules) -> str:
    """ "emergency", "urgent" or "normal"."""
    plain = folded(text)
    if has(rules.emergency_words, plain) or any(_unless(part, rules) for part in clauses(plain)):
        return "emergency"
    return "urgent" if has(rules.urgent_words, without(rules.not_urgent, plain)) else "normal"


def _unless(clause: str, rules: RepairRules) -> bool:
    """Whether a clause names a danger and nothing that makes it a small or a planned one."""
    unless = rules.emergency_unless
    return any(
        weight(danger, clause) and not has(unless[danger], clause)
        for danger in candidates(tuple(unless), clause)
    )


def first_aid(text: str, category: str, rules: RepairRules) -> str:
    """What to do until help comes: by the word said, else by category."""
    plain = folded(text)
    kinds = (*rules.categories, OTHER)
    said = (advice for word, advice in rules.first_aid.items() if word not in kinds and word in plain)
    return next(said, rules.first_aid.get(category, rules.first_aid.get(OTHER, "")))


def place_of(text: str, units: Sequence[Rented]) -> Placed:
    """Where the fault is; asks only when the tenant has several units and the text names no place."""
    plain = folded(text)
    named = [unit for unit in units if _names(plain, unit)]
    if len(named) == 1:
        return Placed(named[0], named[0].code)
    if len(named) > 1:
        return Placed(None, "", tuple(named))
    if spot := next((word for word in _COMMON if word in plain), ""):
        return Placed(None, _with_floor(spot, plain))
    if code := _foreign_code(plain):
        return Placed(None, code)
    return _by_floor(plain, units)


def _by_floor(plain: str, units: Sequence[Rented]) -> Placed:
    floor = _floor_in(plain)
    there = [unit for unit in units if floor and _floor_number(unit.floor) == floor]
    if floor and not there:
        return Placed(None, f"{floor}楼")
    candidates = there or list(units)
    if len(candidates) > 1:
        return Placed(None, f"{floor}楼" if floor else "", tuple(candidates))
    if not candidates:
        return Placed(None, "")
    return Placed(candidates[0], f"{floor}楼" if floor else candidates[0].code)


def _names(plain: str, unit: Rented) -> bool:
    """Whether the text names the unit: "A-1203", "A座1203", "1203"."""
    letters = "".join(c for c in unit.code.upper() if c.isalpha() and c.isascii())
    digits = "".join(c for c in unit.code if c.isdigit())
    return any(
        match[2] == digits and (not match[1] or match[1] == letters) for match in _CODE.finditer(plain)
    )


def _foreign_code(plain: str) -> str:
    match = next((m for m in _CODE.finditer(plain) if m[1]), None)
    return f"{match[1]}-{match[2]}" if match else ""


def _with_floor(spot: str, plain: str) -> str:
    floor = _floor_in(plain)
    return f"{floor}楼{spot}" if floor else spot


def _floor_in(plain: str) -> str:
    match = _FLOOR.search(plain)
    return _floor_number(match[1]) if match else ""


def _floor_number(word: str) -> str:
    """ "3", "03", "3F", "三", "十二" as plain digits; other names (B1) as they are."""
    plain = word.upper().rstrip("F楼层")
    if plain and all(c in _DIGITS + "十" for c in plain):
        tens, ten, ones = plain.rpartition("十")
        high = (_DIGITS.index(tens) if tens else 1) if ten else 0
        return str(high * 10 + (_DIGITS.index(ones) if ones else 0)) if len(tens) <= 1 >= len(ones) else plain
    return plain.lstrip("0") or plain
