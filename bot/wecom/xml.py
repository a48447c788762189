"""Reads the decrypted XML within bounds: no DTDs, no entities, no processing instructions.

expat is driven directly: the stop handlers fire before anything is built, so a bomb costs nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NoReturn
from xml.parsers import expat

from models.errors import BadCallback

MAX_DEPTH = 12  # the deepest documented event (sys_approval_change) has 6
MAX_ELEMENTS = 2_000
MAX_ATTRIBUTES = 8  # the platform uses none

# Elements that may repeat; they are lists even when there is only one.
_REPEATING = {
    "SelectedItem", "OptionId", "AuthAddOpenKfId", "AuthDelOpenKfId", "SpRecord", "Details", "item",
}  # fmt: skip
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

Value = str | dict[str, "Value"] | list["Value"]


@dataclass(slots=True)
class Element:
    """One element; text is kept only where there are no children."""

    name: str
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def one(self, name: str) -> str:
        """The text of the only child of that name, "" without one; two are refused: which would be meant?"""
        found = [child.text for child in self.children if child.name == name]
        if len(found) > 1:
            raise BadCallback("repeated field", 400)
        return found[0].strip() if found else ""

    def values(self) -> dict[str, Value]:
        """All children by snake_case name."""
        result: dict[str, Value] = {}
        for child in self.children:
            key, value = snake_case(child.name), child.values() if child.children else child.text.strip()
            if child.name in _REPEATING or key in result:
                earlier = result.get(key, [])
                result[key] = [*(earlier if isinstance(earlier, list) else [earlier]), value]
            else:
                result[key] = value
        return result


@lru_cache(maxsize=512)
def snake_case(name: str) -> str:
    """`ResponseCode` → `response_code`."""
    return _WORD_START.sub("_", name).lower()


def parse(document: bytes) -> Element:
    """The root element `xml`; raises BadCallback for everything else."""
    builder = _Builder()
    if b"\0" in document:
        raise BadCallback("xml", 400)
    parser = expat.ParserCreate("utf-8")  # overrides what the document declares
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ProcessingInstructionHandler = _refuse
    try:
        document.decode("utf-8")  # expat would follow a UTF-16 byte order mark
        parser.Parse(document, True)
    except (expat.ExpatError, UnicodeError) as error:
        raise BadCallback("xml", 400) from error
    return builder.root()


def _refuse(*_declaration: object) -> NoReturn:
    raise BadCallback("xml declaration", 400)


class _Builder:
    def __init__(self) -> None:
        self._document = Element("")
        self._open = [self._document]
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        too_many = self._count > MAX_ELEMENTS or len(attributes) > MAX_ATTRIBUTES
        if too_many or len(self._open) > MAX_DEPTH:
            raise BadCallback("xml bounds", 400)
        element = Element(name)
        self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, _name: str) -> None:
        element = self._open.pop()
        if element.children:
            element.text = ""

    def characters(self, text: str) -> None:
        self._open[-1].text += text

    def root(self) -> Element:
        (root,) = self._document.children
        if root.name != "xml":
            raise BadCallback("xml", 400)
        return root
