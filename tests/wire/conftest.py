"""A fake platform and clients that speak to it over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest

from bot.wecom.client import WecomClient
from models.clock import VirtualClock
from tests.wire.fake_platform import SECRET, FakePlatform, serve


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(datetime(2026, 11, 26, 1, 0, tzinfo=UTC))


@pytest.fixture
async def platform() -> AsyncIterator[FakePlatform]:
    fake = FakePlatform()
    server = await serve(fake)
    yield fake
    await server.close()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=20)) as opened:
        yield opened


@pytest.fixture
def client(platform: FakePlatform, session: aiohttp.ClientSession, clock: VirtualClock) -> WecomClient:
    return WecomClient(session, platform.base_url, "ww-park", SECRET, clock, timeout_s=5)
