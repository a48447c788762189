"""Facts as a template shows them: every leaf becomes text, by its type and the unit in its name."""

from __future__ import annotations

import unicodedata
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from bot.documents.photos import as_svg
from models.clock import local
from models.fees.money import yuan

_MANY_LINES = frozenset({"description", "what"})
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Controls, invisible and direction-turning characters, halves of surrogates, private use, separators."""


def shown(value: Any, name: str = "") -> Any:
    """A dataclass becomes a dict of its fields and properties; the rest as `name` says it is meant."""
    if is_dataclass(value):
        return {field: shown(getattr(value, field), field) for field in _names(type(value))}
    if isinstance(value, tuple):
        return [shown(item, name) for item in value]
    if isinstance(value, bytes):
        return as_svg(value)
    if isinstance(value, datetime):
        return f"{local(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, float):
        return value
    if isinstance(value, int):
        return yuan(value) if name.endswith("_fen") else value
    return _text(value or "", name)


def _names(kind: type) -> list[str]:
    computed = [name for name, member in vars(kind).items() if isinstance(member, property)]
    return [field.name for field in fields(kind)] + computed


def _text(text: str, name: str) -> str:
    if name == "month":
        year, month = text.split("-")
        return f"{year}年{int(month)}月"
    return "".join(_printable(char, name) for char in text).strip()


def _printable(char: str, name: str) -> str:
    """What can be hidden in a name to turn a line around or break a form does not reach the paper."""
    if unicodedata.category(char) not in _UNPRINTABLE:
        return char
    if char == "\n" and name in _MANY_LINES:
        return char
    return " " if char.isspace() else ""
