"""Delivery reports are taken only from the gateway, which knows the key."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.config import Config
from bot.core import Core
from bot.files import FileStore
from bot.sms_hooks import SmsHooks, SmsKeys
from models.clock import VirtualClock
from models.database import Database
from tests.wire.callbacks import NOW

KEY = "gateway-key-密"
REPORT = [{"out_id": "nobody-sent-this", "success": True, "code": "DELIVERED"}]


@pytest.fixture
async def core(tmp_path: Path, sqlite_template: Path, config: Config) -> AsyncIterator[Core]:
    shutil.copy(sqlite_template, tmp_path / "reports.sqlite")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'reports.sqlite'}", durable=False)
    yield Core(database, VirtualClock(NOW), config.rules(), config.working_calendar(), FileStore(tmp_path))
    await database.close()


async def answer(
    core: Core, set_key: str, given: str | None, provider: str = "http", body: Any = REPORT
) -> int:
    app = web.Application()
    SmsHooks(core, SmsKeys(http=set_key, aliyun=set_key)).add_to(app)
    headers = {} if given is None else {"X-Sms-Key": given}
    params = {"key": given.encode("utf-8", "replace").decode()} if given and provider == "aliyun" else {}
    async with (
        TestClient(TestServer(app)) as client,
        client.post(f"/sms/report/{provider}", json=body, headers=headers, params=params) as response,
    ):
        return response.status


async def test_the_gateway_is_heard(core: Core) -> None:
    assert await answer(core, KEY, KEY) == 200


@pytest.mark.parametrize("given", [None, "", "wrong", KEY + "x", "\udcff\udcfe"])
async def test_whoever_lacks_the_key_is_not(core: Core, given: str | None) -> None:
    assert await answer(core, KEY, given) == 403


@pytest.mark.parametrize("given", [None, "", "anything"])
async def test_without_a_key_of_ours_nobody_is(core: Core, given: str | None) -> None:
    assert await answer(core, "", given) == 403


@pytest.mark.parametrize("given", [None, "", "wrong", KEY])
async def test_aliyun_carries_the_key_in_its_address(core: Core, given: str | None) -> None:
    body = [{"out_id": "x", "success": True, "err_code": "DELIVERED", "biz_id": "b", "phone_number": "138"}]
    assert await answer(core, KEY, given, "aliyun", body) == (200 if given == KEY else 403)


async def test_an_unknown_provider_is_not(core: Core) -> None:
    assert await answer(core, KEY, KEY, provider="other") == 403


@pytest.mark.parametrize("body", [{}, [1], [{"out_id": "a"}], REPORT * 501, None])
async def test_reports_of_another_form_are_refused(core: Core, body: Any) -> None:
    assert await answer(core, KEY, KEY, body=body) == 400
