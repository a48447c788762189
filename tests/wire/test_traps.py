"""What trips a naive implementation, number by number as in the protocol notes, driven through the whole service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import tests.wire.traps_of_app
import tests.wire.traps_of_kf  # noqa: F401 - fills the registry
from bot.config import Config
from tests.wire.site import Site, open_site
from tests.wire.traps import TRAPS


@pytest.fixture
async def site(config: Config, tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Site]:
    async with open_site(config, tmp_path, sqlite_template) as opened:
        yield opened


async def test_no_trap_is_stepped_into(site: Site) -> None:
    assert sorted(TRAPS) == list(range(1, 29))
    wrong = []
    for number, function in sorted(TRAPS.items()):
        if number != min(n for n, f in TRAPS.items() if f is function):
            continue
        try:
            await function(site)
        except AssertionError as error:
            wrong.append(f"{number} {function.__name__}: {error}")
        await site.wait(minutes=1)
    assert wrong == [], "\n".join(wrong)
    lost = [line for line in site.world.ledger.lines() if line["why"].startswith("over ")]
    assert lost == []
