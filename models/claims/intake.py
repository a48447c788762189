"""Understanding a loss from a sentence: what kind, where, when, what happened. Pure; what is unclear stays empty."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from models.cases.intake import clean, folded
from models.claims.when import When, when_said
from models.rules import ClaimRules

_SHORTEST = 2
"""Characters of a place; 停车场 is no 停."""
_PLACE = re.compile(
    r"[A-Z]{1,2}\s*[-座栋区#]|[A-Z]{1,2}\d{3,4}|\d+\s*[楼层室]|[房厅堂库梯廊井]$|车场|停车|大门|岗亭|天台|屋顶|外墙|走廊|电梯|机房|大堂|广场|地下|前台|食堂|会所|办公室|财务室"
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a sentence says of a loss. kind and place: "" when it does not say. when: None when it says nothing."""

    kind: str
    place: str
    when: When | None
    what: str


def told(text: str, now: datetime, rules: ClaimRules) -> Told:
    """Reads one line such as "B座地下室 水浸 昨晚11点 水管爆裂"."""
    when = when_said(text, now)
    kind = kind_of(text, rules)
    words = [word for word in re.split(r"[\s,，、;；]+", when.rest if when else text) if word]
    place = _place_in(words, kind, rules)
    return Told(kind, _without_loss(place, kind, rules), when, clean(text))


def kind_of(text: str, rules: ClaimRules) -> str:
    """The kind of loss: its name, else the longest of its words that occurs; "" for none."""
    plain = folded(text)
    names = [name for name in rules.kinds if name in plain]
    if names:
        return max(names, key=len)
    hits = [
        (len(word), -plain.index(word), name)
        for name, kind in rules.kinds.items()
        for word in kind.words
        if word in plain
    ]
    return max(hits)[2] if hits else ""


def kind_meant(text: str, rules: ClaimRules) -> str:
    """The kind somebody answers with, by name or by number of the list; "" for none."""
    said = text.strip().rstrip("。.")
    if said.isdecimal() and 1 <= int(said[:3]) <= len(rules.kinds):
        return list(rules.kinds)[int(said) - 1]
    return kind_of(text, rules)


def _without_loss(place: str, kind: str, rules: ClaimRules) -> str:
    """ "A座大堂玻璃自爆" is at A座大堂."""
    if not kind:
        return place
    cuts = [at for word in (kind, *rules.kinds[kind].words) if (at := place.find(word)) >= _SHORTEST]
    return place[: min(cuts)] if cuts else place


def _place_in(words: list[str], kind: str, rules: ClaimRules) -> str:
    """The word that looks like a place; else the first, when something else follows it that tells the kind."""
    for word in words:
        if _PLACE.search(folded(word)) and word != kind:
            return word
    others = [word for word in words if word != kind and not kind_of(word, rules)]
    return others[0] if others and len(words) > 1 and words[0] == others[0] else ""
