"""A complete running demo on a free port, and the way to reach it."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path

import aiohttp
import pytest

from bot.config import Config
from bot.demo import demo, demo_config
from models.clock import at_local
from tests.stories.outside import Outside


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
async def outside(config: Config, tmp_path: Path) -> AsyncIterator[Outside]:
    """`make run`, in this process."""
    async with running(config, tmp_path) as found:
        yield found


@pytest.fixture
async def outside_on_the_20th(config: Config, tmp_path: Path) -> AsyncIterator[Outside]:
    """The same, begun the day before the meters of March are read."""
    async with running(config, tmp_path, at_local(date(2026, 3, 20), 9, 0)) as found:
        yield found


@pytest.fixture
async def outside_later(config: Config, tmp_path: Path) -> AsyncIterator[Outside]:
    """The same, begun when the bills of March are due to be made."""
    async with running(config, tmp_path, at_local(date(2026, 3, 25), 9, 30)) as found:
        yield found


@asynccontextmanager
async def running(config: Config, folder: Path, at: datetime | None = None) -> AsyncIterator[Outside]:
    """The demo on a free port, and the way to it."""
    chosen = demo_config(config, folder, free_port(), keep_database=False)
    async with demo(chosen, folder, at) as built, aiohttp.ClientSession() as session:
        yield Outside(session, chosen.server.public_url, built.engine.runner)
