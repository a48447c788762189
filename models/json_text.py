"""JSON as the database keeps it: written and read some millions of times a month, so by a library made for that."""

from __future__ import annotations

import json
from typing import Any

import orjson

_STRICT = (
    orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
)  # no JSON, here as in the standard library


def written(value: Any) -> str:
    """Without spaces. Half a surrogate pair, which UTF-8 can not hold, is written as its escape."""
    try:
        return orjson.dumps(value, option=_STRICT).decode()
    except TypeError:
        return json.dumps(value, separators=(",", ":"))


def read(text: str | bytes) -> Any:
    """What was written, by us or by the database itself.

    Raises: ValueError.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)
