"""A part of the park: everything, buildings, floors, units. Said in words, compared with units. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from models.errors import UserError
from models.people.unit import Unit, normal_code

EVERYWHERE = "全园区"
_ALL = re.compile(r"(?:全部|全园区?|全体|所有|整个园区)(?:租户|单元|业户)?")
_UNIT = re.compile(r"(?<![A-Z0-9])[A-Z]{1,3}[ -]?[0-9]{3,5}(?![0-9点时:：])", re.IGNORECASE | re.ASCII)
_FLOORS = r"(?:\s*([B]?\d{1,2})\s*(?:(?:-|–|—|~|～|到|至)\s*(\d{1,2})\s*)?(?:层|楼|F))?"
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Area:
    """everywhere: the rest is empty. floors: (building, floor) as the units spell them. units: codes."""

    everywhere: bool = False
    buildings: tuple[str, ...] = ()
    floors: tuple[tuple[str, str], ...] = ()
    units: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """As people read it: "A 座、B 座 12 层、C-0101"."""
        if self.everywhere:
            return EVERYWHERE
        parts = [f"{building} 座" for building in self.buildings]
        parts += [f"{building} 座 {floor} 层" for building, floor in self.floors]
        parts += self.units
        more = f"等 {len(parts)} 处" if len(parts) > _SHOWN else ""
        return "、".join(parts[:_SHOWN]) + more

    def covers(self, unit: Unit) -> bool:
        """Whether the unit lies in it."""
        return (
            self.everywhere
            or unit.building in self.buildings
            or (unit.building, unit.floor) in self.floors
            or unit.code in self.units
        )

    @property
    def all_buildings(self) -> frozenset[str]:
        """The buildings it touches by name; what only units say is left out."""
        return frozenset((*self.buildings, *(building for building, _ in self.floors)))

    def to_json(self) -> dict[str, Any]:
        """A JSON-able dict."""
        return {
            "everywhere": self.everywhere,
            "buildings": list(self.buildings),
            "floors": [list(pair) for pair in self.floors],
            "units": list(self.units),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Area:
        """The inverse of `to_json`."""
        floors = tuple((str(building), str(floor)) for building, floor in data["floors"])
        return cls(bool(data["everywhere"]), tuple(data["buildings"]), floors, tuple(data["units"]))


def area_said(text: str, units: Sequence[Unit]) -> tuple[Area | None, str]:
    """The area a text names, and the text without it; None when it names none.

    Raises UserError for floors and units that are not there.
    """
    if _ALL.search(text):
        return Area(everywhere=True), _ALL.sub(" ", text)
    named, rest = _units_said(text, units)
    buildings, floors, rest = _buildings_said(rest, units)
    if not (named or buildings or floors):
        return None, text
    whole = set(buildings)
    return Area(False, tuple(buildings), tuple(f for f in floors if f[0] not in whole), tuple(named)), rest


def area_meant(text: str, units: Sequence[Unit]) -> Area:
    """The area of an answer that names nothing else. Raises UserError, with examples."""
    area, _ = area_said(text, units)
    bare = _bare_buildings(text, units) if area is None else []
    if bare:
        return Area(buildings=tuple(bare))
    if area is None:
        raise UserError(f"没看懂范围“{text[:20]}”，请写成：全园区、A座、A座 12-15层 或 A-1203、A-1204。")
    return area


def _bare_buildings(text: str, units: Iterable[Unit]) -> list[str]:
    """ "A、B": names of buildings alone."""
    known = {unit.building for unit in units}
    words = [word.upper() for word in re.split(r"[\s、，,和]+", text.strip()) if word]
    return list(dict.fromkeys(words)) if words and all(word in known for word in words) else []


def _units_said(text: str, units: Sequence[Unit]) -> tuple[list[str], str]:
    by_code = {normal_code(unit.code): unit.code for unit in units}
    named = [match[0] for match in _UNIT.finditer(text)]
    found = [by_code[normal_code(name)] for name in named if normal_code(name) in by_code]
    if missing := [name for name in named if normal_code(name) not in by_code]:
        raise UserError(f"没有找到单元 {'、'.join(missing[:5])}，请核对后重发。")
    return list(dict.fromkeys(found)), _UNIT.sub(" ", text) if found else text


def _buildings_said(text: str, units: Sequence[Unit]) -> tuple[list[str], list[tuple[str, str]], str]:
    names = sorted({unit.building for unit in units}, key=len, reverse=True)
    if not names:
        return [], [], text
    pattern = re.compile(rf"({'|'.join(map(re.escape, names))})\s*(?:栋|座|号楼){_FLOORS}", re.IGNORECASE)
    spelled = {name.upper(): name for name in names}
    buildings: list[str] = []
    floors: list[tuple[str, str]] = []
    for match in pattern.finditer(text):
        building = spelled[match[1].upper()]
        if match[2] is None:
            buildings.append(building)
        else:
            floors += _floors(building, match[2], match[3], units)
    return list(dict.fromkeys(buildings)), list(dict.fromkeys(floors)), pattern.sub(" ", text)


def _floors(building: str, first: str, last: str | None, units: Sequence[Unit]) -> list[tuple[str, str]]:
    there = sorted({unit.floor for unit in units if unit.building == building})
    if last is None:
        hits = [floor for floor in there if floor.lstrip("0").upper() == first.lstrip("0").upper()]
    else:
        low, high = sorted((int(first.lstrip("Bb") or 0), int(last)))
        hits = [floor for floor in there if floor.isdecimal() and low <= int(floor) <= high]
    if not hits:
        raise UserError(f"{building} 座没有 {first}{f'-{last}' if last else ''} 层，请核对后重发。")
    return [(building, floor) for floor in hits]
