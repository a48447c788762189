"""Names of companies as banks, tenants and people write them, made comparable. Pure."""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz import fuzz

_NOISE = re.compile(r"[\s()（）\-_.·,，'\"&]")
_TAIL = re.compile(
    r"(?:股份有限公司|有限责任公司|有限公司|公司|商行|经营部|工作室|co\.?,?ltd\.?|ltd\.?|inc\.?)$"
)
_LEAST = 2
"""A core shorter than this tells nothing apart."""


def plain(name: str) -> str:
    """Half-width, lower case, without blanks, brackets and marks."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name).lower())


def core(name: str) -> str:
    """The part that is the company's own: "云帆设计" of "云帆设计有限公司"."""
    full = plain(name)
    short = _TAIL.sub("", full)
    return short if len(short) >= _LEAST else full


def same(one: str, other: str) -> bool:
    """Whether it is one name, written alike up to marks."""
    return bool(plain(one)) and plain(one) == plain(other)


def likeness(one: str, other: str) -> int:
    """How alike two names are, 0 to 100, by what is their own; the common tail would make all companies alike."""
    if min(len(core(one)), len(core(other))) < _LEAST:
        return 0
    return round(fuzz.ratio(core(one), core(other)))


def is_in(name: str, text: str) -> bool:
    """Whether a text speaks of the company."""
    return len(core(name)) >= _LEAST and core(name) in plain(text)
