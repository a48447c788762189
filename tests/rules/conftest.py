"""Property tests are about values, not about how busy the machine is: no deadline per example."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.fakes.scratch import Scratch

settings.register_profile("rules", deadline=None)
settings.load_profile("rules")


@pytest.fixture(scope="module")
def scratch(sqlite_template: Path) -> Iterator[Scratch]:
    """A database for made-up examples, opened once."""
    found = Scratch(sqlite_template)
    yield found
    found.close()
