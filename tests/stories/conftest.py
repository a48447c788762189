"""A complete running demo on a free port, and the way to reach it."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.config import Config
from bot.demo import demo, demo_config
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
    chosen = demo_config(config, tmp_path, free_port(), keep_database=False)
    async with demo(chosen, tmp_path, None), aiohttp.ClientSession() as session:
        yield Outside(session, chosen.server.public_url)
