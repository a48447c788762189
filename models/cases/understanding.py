"""Which desk a message belongs to: a fault, a complaint, a question, a person, or nobody. Pure: text in, facts out.

What nobody can place goes to a person, never round in circles. The words stand in `rules.understanding` and
`rules.repair`, so that a site can add its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from models.cases.intake import OTHER, category_of, folded, says_something, urgency_of
from models.rules import Rules, UnderstandingRules

_BLANKS = re.compile(r"\s+")


class Sort(StrEnum):
    """What a message is about. none: thanks and small talk. person: everything we can not place."""

    REPAIR = "repair"
    COMPLAINT = "complaint"
    INQUIRY = "inquiry"
    PERSON = "person"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Understood:
    """category and urgency are those of a repair, whatever the sort."""

    sort: Sort
    category: str
    urgency: str


def understand(text: str, rules: Rules) -> Understood:
    """Where the message belongs."""
    words = rules.understanding
    said = _BLANKS.sub("", folded(text))
    plain = without_denials(said, words)
    category, urgency = category_of(plain, rules.repair), urgency_of(plain, rules.repair)
    sort = _sort(plain, category, urgency, words)
    if sort in (Sort.INQUIRY, Sort.NONE) and _any(words.person, said):
        sort = Sort.PERSON
    return Understood(sort, category, urgency)


def without_denials(plain: str, words: UnderstandingRules) -> str:
    """The text without what it says is not so: "没有漏水，就是有点堵" is about a blockage."""
    for phrase in words.denials:
        plain = plain.replace(phrase, "")
    return plain


def _sort(plain: str, category: str, urgency: str, words: UnderstandingRules) -> Sort:
    if urgency == "emergency":
        return Sort.REPAIR
    if not says_something(plain):
        return Sort.NONE if _any(words.thanks, plain) else Sort.PERSON
    if _any(words.complaint, plain):
        return Sort.COMPLAINT
    trouble = _any(words.trouble, plain) and category != OTHER
    asking = _any(words.question, plain)
    if asking and _any(words.asking_first, plain):
        return Sort.INQUIRY
    if _any(words.settled, plain) and not asking:
        return Sort.NONE
    if trouble or _any(words.repair, plain):
        return Sort.REPAIR
    if asking:
        return Sort.INQUIRY
    return Sort.NONE if _any(words.thanks, plain) else Sort.PERSON


def _any(words: tuple[str, ...], plain: str) -> bool:
    return any(word in plain for word in words)
