"""The list of long files names files that are there."""

from __future__ import annotations

from tests.conftest import ROOT
from tests.longest import LONGEST


def test_every_long_file_is_there() -> None:
    assert [name for name in LONGEST if not (ROOT / "tests" / name).is_file()] == []
    assert len(set(LONGEST)) == len(LONGEST)
