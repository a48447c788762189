"""Canaries: after a story in which all goes wrong once, no secret or number of a person stands in logs or metrics."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.config import Config, load
from bot.demo import demo, demo_config
from bot.logs import set_up_logs
from models.database import Database
from tests.conftest import ROOT
from tests.stories.conftest import free_port
from tests.stories.outside import Outside

CANARY = "canary-in-the-report"
MOBILE = re.compile(r"1[3-9][0-9]{9}")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, written as the service writes it."""
    set_up_logs(verbose=True)
    written = io.StringIO()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(written))
    yield written
    structlog.reset_defaults()


@pytest.fixture
async def settings(tmp_path: Path) -> AsyncIterator[Config]:
    """The demo's, whose secrets are known words."""
    yield demo_config(load(ROOT / "config.yaml", {}), tmp_path, free_port(), keep_database=False)


async def go_wrong(outside: Outside) -> None:
    """Each way of failing that puts something into the log."""
    for fault in (
        {"api": "message/send", "errcode": 40001, "times": 2},
        {"api": "kf/send_msg", "http": 502, "html": True},
        {"api": "message/send", "drop": True},
        {"api": "sms/send", "deliver_then_drop": True},
        {"api": "kf/sync_msg", "errcode": 40096},
        {"api": "media/get", "http": 500},
        {"api": "gettoken", "revoke": True},
    ):
        await outside.fault(**fault)
    await outside.say("lina", f"报修 灯不亮 {CANARY} 13911112222")
    await outside.show("lina")
    for _ in range(5):  # each failure is tried again some minutes after it was noticed, whenever that was
        await outside.clock(by="3m")
        if any("已登记 R01" in entry["text"] for entry in await outside.phone("lina")):
            break
    await outside.expect("lina", "已登记 R01")
    for said in ("绑定", "B-0305", "13800010002", "绑定 WRONGCODE1"):
        await outside.say("chensiyuan", said)
    await outside.say("zhoumin", "绑定码 云帆设计 李娜")
    await outside.clock(by="3m")


async def test_neither_secrets_nor_people_are_told(
    settings: Config, tmp_path: Path, log: io.StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    async with demo(settings, tmp_path, None) as service, aiohttp.ClientSession() as session:
        outside = Outside(session, settings.server.public_url)
        people = {p["id"] for p in await (await session.get(f"{outside.base}/sim/people")).json()}
        assert "lina" in people
        await go_wrong(outside)
        # Now the database itself fails, with people in its hands.
        async with service.core.db.engine.begin() as connection:
            await connection.execute(text("ALTER TABLE case_ RENAME TO gone"))
        await outside.say("lina", f"报修 门坏了 {CANARY}")
        await outside.clock(by="1m")
        for path in (f"/n/{CANARY}", f"/wecom/callback?msg_signature={CANARY}&nonce=1&timestamp=1"):
            await (await session.post(outside.base + path, data=CANARY * 3)).read()
        metrics = await (await session.get(outside.base + "/metrics")).text()
        async with service.core.db.read() as rows:
            tokens = list(await rows.scalars(text("SELECT token FROM notice")))
    wecom, told = settings.wecom, log.getvalue() + caplog.text + metrics
    assert "message failed" in told and "callback refused" in told, "the story did make it log"
    secrets = [
        wecom.secret.get_secret_value(), wecom.token.get_secret_value(), wecom.aes_key.get_secret_value(),
        settings.sms.key.get_secret_value(), settings.archive.key.get_secret_value(), "access_token=", "sim-",
        CANARY, "李娜", "云帆", *tokens,
    ]  # fmt: skip
    assert [each for each in secrets if each in told] == []
    assert MOBILE.findall(re.sub(r"[0-9T:.-]*Z|0\.[0-9]+|e\+[0-9]+|[0-9.]{12,}", "", told)) == []


async def test_an_error_of_the_database_names_no_values(db: Database) -> None:
    async with db.begin() as session:
        with pytest.raises(DBAPIError) as caught:
            await session.execute(text("INSERT INTO nowhere VALUES (:who)"), {"who": "13800010001"})
        assert "13800010001" not in str(caught.value)
        await session.rollback()
