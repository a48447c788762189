"""Checks a JSON body field by field: an unknown name, a wrong type or a byte too many is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.simulator.answers import ApiError, Json

INVALID = 40058


@dataclass(frozen=True, slots=True)
class Field:
    """What one field may be. The codes say which error its absence, its content and its length give.

    bytes, characters, items: upper limits, 0 for none; `items` of a list, which then needs at least one.
    fields: of the object, or of each object in the list.
    """

    kind: type
    required: bool = False
    bytes: int = 0
    characters: int = 0
    items: int = 0
    pattern: str = ""
    one_of: Sequence[Any] = ()
    url: bool = False
    fields: dict[str, Field] | None = None
    missing: int = INVALID
    bad: int = INVALID
    too_long: int = INVALID


Fields = dict[str, Field]


def check(body: Any, fields: Fields, where: str = "") -> Json:
    """The same body. Raises ApiError at the first fault."""
    if not isinstance(body, dict):
        raise ApiError(INVALID, f"{where or 'body'} must be an object")
    for name in body:
        if name not in fields:
            raise ApiError(INVALID, f"unknown field {where}{name}")
    for name, field in fields.items():
        if name in body and not _is_empty(body[name], field):
            _check_value(body[name], field, where + name)
        elif field.required:
            raise ApiError(field.missing, f"{where}{name} is missing")
    return body


def _is_empty(value: Any, field: Field) -> bool:
    """Optional texts may be empty; null is no value of an optional field."""
    if field.required:
        return value is None or value == ""
    return field.kind is str and value == ""


def _check_value(value: Any, field: Field, where: str) -> None:
    wanted = (int, float) if field.kind is float else field.kind  # JSON writes 31.0 as 31
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise ApiError(field.bad, f"{where} must be {field.kind.__name__}")
    if field.one_of and value not in field.one_of:
        raise ApiError(field.bad, f"{where} must be one of {field.one_of}")
    if isinstance(value, str):
        _check_text(value, field, where)
    elif isinstance(value, list):
        _check_list(value, field, where)
    elif field.fields is not None:
        check(value, field.fields, f"{where}.")


def _check_text(value: str, field: Field, where: str) -> None:
    size = len(value.encode("utf-8", "surrogatepass"))
    if (field.bytes and size > field.bytes) or (field.characters and len(value) > field.characters):
        raise ApiError(field.too_long, f"{where} is too long")
    if field.required and not value.strip():
        raise ApiError(field.missing, f"{where} is blank")
    if field.pattern and not re.fullmatch(field.pattern, value):
        raise ApiError(field.bad, f"{where} has characters that are not allowed")
    if field.url and not value.startswith(("http://", "https://")):
        raise ApiError(45034, where)


def _check_list(value: list[Any], field: Field, where: str) -> None:
    if field.items and not 1 <= len(value) <= field.items:
        raise ApiError(field.too_long, f"{where} must have 1 to {field.items} items")
    for index, item in enumerate(value):
        if field.fields is not None:
            check(item, field.fields, f"{where}[{index}].")
