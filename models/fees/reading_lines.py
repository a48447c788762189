"""What people type when they hand in meter readings, line by line. Pure: text in, values and complaints out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from models.calendar.period import Month
from models.errors import UserError
from models.fees.meter import MeterKind

_VALUE = r"(?P<value>[-+]?\d[\d,]{0,14}(?:\.\d{1,4})?)\s*(?:度|吨|方|立方|kwh|m3)?"
_GAP = r"[\s,:：=，、]*"
_BY_UNIT = re.compile(rf"(?P<who>\S.*?){_GAP}(?P<kind>[水电])(?:表|费)?{_GAP}{_VALUE}", re.IGNORECASE)
_KIND_FIRST = re.compile(rf"(?P<kind>[水电])表?{_GAP}(?P<who>\S*\d\S*?)[\s,:=，、]+{_VALUE}", re.IGNORECASE)
_BY_NUMBER = re.compile(rf"(?P<who>\S*?\d\S*?|[a-z][\w-]*)[\s,:=，、]+{_VALUE}", re.IGNORECASE)
_LONGEST = 60
_SEPARATORS = re.compile(r"[\n;；]")


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """One line that could be read. kind: None when `who` must be the number of a meter."""

    position: int
    text: str
    who: str
    kind: MeterKind | None
    value: Decimal


@dataclass(frozen=True, slots=True)
class LineProblem:
    """One line that is not taken, and what to do about it."""

    position: int
    text: str
    reason: str


@dataclass(slots=True)
class ParsedReadings:
    """month: None when none was named."""

    month: Month | None = None
    lines: list[ReadingLine] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)


def parse_readings(text: str, today: date) -> ParsedReadings:
    """Lines such as "A-1203 电 15820.5" or "E-A1203 15820.5", good and bad ones; the first may name a month."""
    parsed = ParsedReadings()
    pieces = [piece.strip() for piece in _SEPARATORS.split(text)]
    for position, piece in enumerate((piece for piece in pieces if piece), start=1):
        month = _month(piece, today) if position == 1 else None
        if month is not None:
            parsed.month = month
        elif line := _line(position, piece):
            parsed.lines.append(line)
        else:
            reason = "没看懂，请写成“A-1203 电 15820.5”或“表号 读数”。"
            parsed.problems.append(LineProblem(position, piece[:30], reason))
    return parsed


def parse_value(text: str) -> Decimal:
    """The number on a dial.

    Raises: UserError.
    """
    match = re.fullmatch(_VALUE, unicodedata.normalize("NFKC", text).strip(), re.IGNORECASE)
    if match is None:
        raise UserError(f"没看懂读数“{text[:20]}”，请只写数字，例如 15820.5。")
    return Decimal(match["value"].replace(",", ""))


def _line(position: int, text: str) -> ReadingLine | None:
    plain = unicodedata.normalize("NFKC", text).strip(" 。.")
    if len(plain) > _LONGEST:
        return None
    for pattern in (_BY_UNIT, _KIND_FIRST, _BY_NUMBER):
        if match := pattern.fullmatch(plain):
            kind = MeterKind(match["kind"]) if "kind" in match.groupdict() else None
            value = Decimal(match["value"].replace(",", ""))
            return ReadingLine(position, text[:30], match["who"], kind, value)
    return None


def _month(text: str, today: date) -> Month | None:
    if not re.search(r"[-/.年月]|^\d{6}$", text):
        return None
    try:
        return Month.parse(text, today)
    except UserError:
        return None
