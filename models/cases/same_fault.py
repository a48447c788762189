"""Whether two reports may be about one fault: same place, same kind, near in time [practice]. Pure.

A shared installation (lift, water, power …) is one for its whole building; everything else is the unit's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.cases.intake import OTHER, folded
from models.cases.phrases import has
from models.rules import RepairRules


@dataclass(frozen=True, slots=True)
class Fault:
    """A report as far as the comparison needs it. buildings: where it may be; one when the unit is known."""

    category: str
    description: str
    unit_id: int | None
    unit: str
    buildings: frozenset[str]
    place: str
    at: datetime


def installations_in(text: str, words: Mapping[str, Sequence[str]]) -> list[str]:
    """The shared installations a text speaks of, in the order of the settings."""
    plain = folded(text).replace(" ", "")
    return [name for name, phrases in words.items() if has(phrases, plain)]


def why_same(new: Fault, old: Fault, rules: RepairRules) -> str:
    """Why both may be one fault, for the person who decides; "" when they are not."""
    if abs(new.at - old.at) > timedelta(hours=rules.merge_within_h):
        return ""
    if shared := _shared(new, old, rules):
        return shared
    if new.category != old.category or new.category == OTHER:
        return ""
    if new.unit_id is not None and new.unit_id == old.unit_id:
        return f"同一单元 {new.unit}，都是{new.category}"
    common = new.unit_id is None and old.unit_id is None and new.place and new.place == old.place
    if common and new.buildings & old.buildings:
        return f"同在{new.place}，都是{new.category}"
    return ""


def _shared(new: Fault, old: Fault, rules: RepairRules) -> str:
    both = new.buildings & old.buildings
    theirs = installations_in(old.description, rules.shared)
    name = next((each for each in installations_in(new.description, rules.shared) if each in theirs), "")
    if not both or not name:
        return ""
    where = f"同一栋 {next(iter(both))} 座" if len(both) == 1 else "同一栋"
    return f"{where}，都说到{name}"
