"""JSON in a column comes back as it went in, also where it can not be UTF-8."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from models import json_text


@pytest.mark.parametrize(
    "value",
    [
        {"text": "空调漏水", "list": [1, -2.5, None, True], "empty": {}},
        {"text": "half a pair: \ud83d", "words": "灯"},
        {"text": "\u202e\u200b\x00\u2028"},
        2**63,
        2**70,
        "",
    ],
)
def test_comes_back(value: object) -> None:
    assert json_text.read(json_text.written(value)) == value


def test_keys_become_text() -> None:
    assert json_text.read(json_text.written({7: "a"})) == {"7": "a"}


def test_reads_what_others_write() -> None:
    assert json_text.read('{"a": "\\ud83d", "b": NaN}')["a"] == "\ud83d"


@dataclass
class _Row:
    id: int


@pytest.mark.parametrize("value", [datetime(2026, 3, 16, tzinfo=UTC), _Row(1), {"row": _Row(1)}])
def test_what_is_no_json_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        json_text.written(value)
