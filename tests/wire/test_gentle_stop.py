"""SIGTERM: what hangs is cut off in time, stays in the tables, and is said once by the next process."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientSession

import bot.engine
from bot.app import SHUTDOWN_S
from bot.config import Config
from bot.demo import demo, demo_config
from tests.stories.conftest import free_port
from tests.stories.outside import Outside

LIMIT_S = 10.0


def test_the_parts_of_a_stop_fit_into_ten_seconds() -> None:
    assert bot.engine.STOP_S + SHUTDOWN_S < LIMIT_S


async def test_what_hangs_is_cut_off_and_made_up(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.engine, "STOP_S", 0.3)
    chosen = demo_config(config, tmp_path, free_port(), keep_database=False)
    async with ClientSession() as session:
        async with demo(chosen, tmp_path, None):
            outside = Outside(session, chosen.server.public_url)
            await outside.fault(api="kf/send_msg", delay_s=60)
            # The person has the answer of the platform long before the service has sent its own.
            await outside.say("lina", "报修 灯不亮")
            begun = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - begun < LIMIT_S
        async with demo(chosen, tmp_path, None):
            outside = Outside(session, chosen.server.public_url)
            await outside.clock(by="2m")
            await outside.expect("lina", "已登记 R01")
            told = [e for e in await outside.phone("lina") if "已登记" in e["text"]]
            assert len(told) == 1
