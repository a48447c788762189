"""The order in which somebody walks from meter to meter: building, the round's own numbers, floor, unit [practice]."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Protocol

Key = tuple[tuple[int, int, str], ...]
_PARTS = re.compile(r"-?\d+|[^\d-]+|-")
_BASEMENT = re.compile(r"(?:B|-|地下|负)\s*(\d+)", re.IGNORECASE)
_LAST = 10**9


class OnRound(Protocol):
    """What counts of a meter here."""

    @property
    def number(self) -> str: ...
    @property
    def walk_no(self) -> int | None: ...


class Place(Protocol):
    """And of its unit."""

    @property
    def building(self) -> str: ...
    @property
    def floor(self) -> str: ...
    @property
    def code(self) -> str: ...


def walking_key(meter: OnRound, unit: Place) -> tuple[Key, int, int, Key, Key]:
    """Sorts meters as they are passed; those with a number on the round come first in their building."""
    walk_no = _LAST if meter.walk_no is None else meter.walk_no
    return (
        _natural(unit.building),
        walk_no,
        _floor(unit.floor),
        _natural(unit.code),
        _natural(meter.number),
    )


@lru_cache(maxsize=1024)
def _natural(text: str) -> Key:
    """ "A-9" before "A-10"."""
    return tuple(
        (0, int(part), "") if part.lstrip("-").isdecimal() else (1, 0, part)
        for part in _PARTS.findall(text.replace("-", " "))
    )


@lru_cache(maxsize=1024)
def _floor(text: str) -> int:
    """Basements below the ground floor; what is no number stands at the ground."""
    if below := _BASEMENT.match(text):
        return -int(below[1])
    number = re.search(r"\d{1,4}", text)
    return int(number[0]) if number else 0
