"""Reading a rating as people write it."""

from __future__ import annotations

import re

from models.cases.lookup import split_number

LOW = "低分"
_STARS = re.compile(r"([1-5一二三四五])(?:\s*(?:分|颗?星)|(?=$|[\s,，。:：、;；]))(.*)", re.DOTALL)
_CHINESE = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}


def read_rating(text: str) -> tuple[int | None, str, str]:
    """ "R07 5 很好" is (5, "很好", "R07"); "5 很好" is (5, "很好", ""); no stars is (None, text, number).

    A single digit is a rating, not a number, unless a rating follows it.
    """
    number, rest = split_number(text)
    if stars := _STARS.match(rest):
        return _value(stars[1]), _note(stars[2]), number
    if not number or number.isdecimal():
        alone = _STARS.match(text.strip())
        if alone:
            return _value(alone[1]), _note(alone[2]), ""
    return None, rest, number


def word_for(stars: int | None, usual: str, most: int) -> str:
    """The move that stars make: low ones go to those above, the others close by the usual word."""
    if stars is None or not 1 <= stars <= 5:
        return usual
    return LOW if stars <= most else usual


def _value(word: str) -> int:
    return _CHINESE.get(word) or int(word)


def _note(text: str) -> str:
    return text.strip(" ,，。:：、;；")
