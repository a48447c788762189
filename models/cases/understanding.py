"""Which desk a message belongs to: a fault, a complaint, a question, a person, or nobody. Pure: text in, facts out.

What nobody can place goes to a person, never round in circles. The words stand in `rules.understanding` and
`rules.repair`, so that a site can add its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from models.cases.intake import OTHER, category_of, folded, says_something, urgency_of
from models.cases.phrases import has, without
from models.rules import Rules, UnderstandingRules

_BLANKS = re.compile(r"[^\S\n]+")
_EITHER_OR = re.compile(r"(\w)[不没]\1")
"""能不能, 是不是, 有没有: a question, and nothing is denied by it."""
_ASKS_WHETHER = re.compile(r"(?:[^在不没](?:不|没|没有)|[^什怎那这多]么)[?？]?$")
_SMALL_TALK = 6
"""Characters that may stand beside the thanks before they are a matter of their own."""


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
    said = squeezed(text)
    plain = without_denials(said, words)
    category, urgency = category_of(plain, rules.repair), urgency_of(present(plain, words), rules.repair)
    if urgency == "emergency" and not _supposed(said, words):
        return Understood(Sort.REPAIR, category, urgency)
    if not says_something(said):
        return Understood(Sort.NONE if has(words.thanks, said) else Sort.PERSON, category, urgency)
    fault = is_fault(plain, category, rules)
    machine = fault and category in rules.understanding.machines
    return Understood(_sort(said, plain, fault, machine, rules.understanding), category, urgency)


def squeezed(text: str) -> str:
    """The text as the word lists know it, in one line without blanks."""
    return _BLANKS.sub("", folded(text)).strip().replace("\n", "，")


def without_denials(plain: str, words: UnderstandingRules) -> str:
    """The text without what it says is not so: "没有漏水，就是有点堵" is about a blockage."""
    denied = "|".join(sorted(words.denied, key=len, reverse=True))
    dangers = "|".join(sorted(words.dangers, key=len, reverse=True))
    plain = re.sub(rf"(?<![有是漏跳])(?:{denied})(?:{dangers})了?", "", plain)
    return without(words.denials, plain)


def present(plain: str, words: UnderstandingRules) -> str:
    """The text without the water and the power cuts that it says are over."""
    over = has(words.over, plain) and not has(words.again, plain)
    return without(words.passing, plain) if over else plain


def is_fault(plain: str, category: str, rules: Rules) -> bool:
    """Whether something we look after is in trouble, or a repair is asked for."""
    words = rules.understanding
    trouble = without(words.idle, _EITHER_OR.sub("", plain))
    known = category != OTHER or has(rules.repair.other_things, plain)
    return (known and has(words.trouble, trouble)) or has(words.repair, without(words.idle, plain))


def is_complaint(said: str, machine: bool, words: UnderstandingRules) -> bool:
    """About how people behave; a rattling fan is a fault, a rattling neighbour is not."""
    heard = without(words.no_complaint, said)
    if has(words.complaint, heard) or has(words.others, heard):
        return True
    return has(words.annoyance, heard) and (not machine or has(words.neighbours, heard))


def _sort(said: str, plain: str, fault: bool, machine: bool, words: UnderstandingRules) -> Sort:
    if is_small_talk(said, words, at_most=0):
        return Sort.NONE
    asking = is_question(said, words)
    if asking and (_supposed(said, words) or has(words.no_complaint, said)):
        return Sort.INQUIRY
    if is_complaint(said, machine, words):
        return Sort.COMPLAINT
    settled = has(words.settled, without(words.not_settled, said)) and not has(words.again, said)
    if settled and not asking:
        return Sort.NONE
    if asking and has(words.asking_first, plain):
        return Sort.INQUIRY
    if has(words.business, said):
        return Sort.PERSON
    if fault:
        return Sort.REPAIR
    if has(words.person, said):
        return Sort.PERSON
    if asking:
        return Sort.INQUIRY
    return Sort.NONE if is_small_talk(said, words) else Sort.PERSON


def is_question(plain: str, words: UnderstandingRules) -> bool:
    """By a question word, by 能不能, or by 不 at the end."""
    asks = _EITHER_OR.search(plain) or _ASKS_WHETHER.search(plain)
    return bool(asks) or has(words.question, plain)


def is_small_talk(said: str, words: UnderstandingRules, at_most: int = _SMALL_TALK) -> bool:
    """Thanks and greetings with next to nothing beside them."""
    rest = without(sorted(words.thanks, key=len, reverse=True), said)
    return rest != said and sum(c.isalpha() for c in rest) <= at_most


def _supposed(said: str, words: UnderstandingRules) -> bool:
    return has(words.hypothetical, said) and is_question(said, words)
