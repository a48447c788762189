"""A few random histories; many more by `python -m tests.wire.histories --count N`."""

from __future__ import annotations

from pathlib import Path

from tests.wire.histories import run

ONCE_BROKEN = (9, 421, 5064)
"""Shown too late to be shown: under the same msgid again; merged into a text whose request was kept from before; told
before the answer to our sending had come.
"""


async def test_no_history_goes_over_a_limit_doubles_or_loses(tmp_path: Path) -> None:
    said, wrong = await run(tmp_path, [*range(1, 8), *ONCE_BROKEN])
    assert wrong == []
    assert said > 100
