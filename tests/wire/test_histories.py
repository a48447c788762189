"""A few random histories; many more by `python -m tests.wire.histories --count N`."""

from __future__ import annotations

from pathlib import Path

from tests.wire.histories import run


async def test_no_history_goes_over_a_limit_doubles_or_loses(tmp_path: Path) -> None:
    tally = await run(tmp_path, range(1, 31))
    assert tally.wrong == ()
    assert tally.said > 100
    assert tally.deaths > 3
