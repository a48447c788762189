"""The database is away for longer than the platform repeats what was not answered; then it is back."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

import bot.inbox
from bot.config import Config
from bot.core import Core
from bot.files import FileStore
from models.clock import VirtualClock
from models.database import Database
from tests.bench.databases import postgresql_server
from tests.fakes.park import build_park
from tests.fakes.platform import FakePlatform
from tests.wire.callbacks import NOW
from tests.wire.test_callback_route import post, routes_over, rows, text_message

SOME = 5
_TRIES = 20


async def test_a_server_away_for_longer_than_the_platform_repeats_loses_nothing(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not told 200, and what it gave up bringing is stored all the same when the server is back."""
    monkeypatch.setattr(bot.inbox, "RETRY_AFTER_S", (0.0, 0.0, 0.0, 0.1))
    clock, platform = VirtualClock(NOW), FakePlatform()
    with capture_logs(), postgresql_server(tmp_path) as server:
        db = Database(server.url)
        await db.create_all()
        async with db.begin() as session:
            await build_park(session)
        core = Core(db, clock, config.rules(), config.working_calendar(), FileStore(tmp_path))
        app, engine = routes_over(core, platform)
        async with TestClient(TestServer(app)) as client:
            assert await post(client, text_message("0", "值班", "zhoumin")) == 200
            await asyncio.to_thread(server.stop)
            messages = [text_message(str(n), "值班", "zhoumin") for n in range(1, SOME)]
            assert await asyncio.gather(*(post(client, each) for each in messages)) == [503] * len(messages)
            with pytest.raises(OSError, match="No such file"):
                await engine.work_inbox()
            clock.set(clock.now() + timedelta(seconds=70))
            await asyncio.to_thread(server.start)
            again = [await post(client, messages[-1]) for _ in range(_TRIES)]
            assert again[-1] == 200
            assert await rows(db) == SOME
            with suppress(DBAPIError):  # the loops as well meet what is left of the old connections
                await engine.settle()
            await engine.settle()
        await db.close()
    assert len(platform.phones["zhoumin"]) == SOME
