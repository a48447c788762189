"""The real route over both databases: what is answered 200 is on the disk, once; whatever else is not, and says so."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select, text
from structlog.testing import capture_logs

import bot.inbox
import models.sqlite_driver
from bot.assembly import assemble
from bot.channels import Channel, SmsChannel, WecomApp, WecomKf
from bot.config import Config
from bot.core import Core
from bot.engine import Engine
from bot.files import FileStore
from bot.inbox import Inbox
from bot.media_copy import Fetched
from bot.web import CallbackRoutes
from models.clock import VirtualClock
from models.database import Database
from models.errors import NotStored
from models.messages.inbound import Inbound, Kind
from models.messages.inbox import InboxMessage, InboxStatus, store
from tests.fakes.platform import FakePlatform
from tests.wire.callbacks import CRYPTO, NOW, inner, outer, signed
from tests.wire.test_hostile_callbacks import GOOD, INSIDE, OUTSIDE

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def service_inbox(db: Database, config: Config, tmp_path: Path) -> tuple[web.Application, Inbox]:
    core = Core(db, VirtualClock(NOW), config.rules(), config.working_calendar(), FileStore(tmp_path))
    app, engine = routes_over(core, FakePlatform())
    return app, engine.inbox


def routes_over(core: Core, platform: Any) -> tuple[web.Application, Engine]:
    """What answers callbacks, and what works behind it."""
    channels: dict[str, Channel] = {
        "wecom": WecomApp(platform, 1000002),
        "kf": WecomKf(platform, "", core.clock),
        "sms": SmsChannel(platform),
    }

    async def nothing(message: Inbound) -> Fetched:
        raise FileNotFoundError(message.media_id)

    engine = assemble(core, channels, nothing)
    app = web.Application(client_max_size=1024 * 1024)
    CallbackRoutes(core, CRYPTO, engine.inbox, engine.kf).add_to(app)
    return app, engine


@pytest.fixture
async def client(service_inbox: tuple[web.Application, Inbox]) -> AsyncIterator[Client]:
    async with TestClient(TestServer(service_inbox[0])) as opened:
        yield opened


def text_message(msg_id: str, content: str = "报修 灯不亮", sender: str = "LiMing") -> str:
    fields = f"<Content><![CDATA[{content}]]></Content><MsgId>{msg_id}</MsgId>"
    return CRYPTO.encrypt(inner("text", fields, sender).encode())


async def post(client: Client, encrypted: str, nonce: str = "n") -> int:
    async with client.post(
        "/wecom/callback", params=signed(encrypted, nonce), data=outer(encrypted)
    ) as answer:
        return answer.status


async def rows(db: Database) -> int:
    async with db.read() as session:
        return await session.scalar(select(func.count()).select_from(InboxMessage)) or 0


async def test_what_is_answered_200_is_in_the_inbox_as_it_was_sent(client: Client, db: Database) -> None:
    assert await post(client, text_message("77", "报修 “灯” \\n & <b> 😀")) == 200
    async with db.read() as session:
        row = (await session.scalars(select(InboxMessage))).one()
    assert (row.channel, row.key, row.sender, row.status) == ("wecom", "77", "liming", InboxStatus.NEW)
    assert (row.received_at, row.rank, row.attempts, row.error) == (NOW, 1, 0, "")
    assert row.message.text == "报修 “灯” \\n & <b> 😀"
    assert row.message.sent_at < NOW


async def test_callbacks_and_fetched_messages_leave_equal_rows(
    db: Database, service_inbox: tuple[web.Application, Inbox]
) -> None:
    """Two statements write the inbox; nobody may tell them apart afterwards."""

    def entered(key: str) -> Inbound:
        data = {"scene": "门牌", "list": [1, None]}
        return Inbound("kf", key, "wmlina", Kind.EVENT, NOW, action="enter_session", data=data)

    await service_inbox[1].store(entered("alone"))
    async with db.begin() as session:
        assert await store(session, [entered("alone")], NOW) == []
        assert len(await store(session, [entered("paged")], NOW)) == 1
    async with db.read() as session:
        found = (await session.execute(select(InboxMessage.__table__).order_by(InboxMessage.id))).mappings()
        first, second = (
            {**row, "id": 0, "key": "", "payload": {**row["payload"], "key": ""}} for row in found
        )
    assert first == second


async def test_three_deliveries_are_one_message(client: Client, db: Database) -> None:
    first, again = text_message("1"), text_message("1")
    assert first != again  # encrypted anew
    statuses = [await post(client, first), await post(client, first), await post(client, again, "other")]
    assert statuses == [200, 200, 200]
    assert await rows(db) == 1


async def test_fifty_deliveries_at_once_are_one_message(client: Client, db: Database) -> None:
    sealed = text_message("1")
    assert await asyncio.gather(*(post(client, sealed) for _ in range(50))) == [200] * 50
    assert await rows(db) == 1


async def test_fifty_messages_at_once_are_all_kept(client: Client, db: Database) -> None:
    sealed = [text_message(str(n)) for n in range(50)]
    assert await asyncio.gather(*(post(client, each) for each in sealed)) == [200] * 50
    assert await rows(db) == 50


async def test_the_address_is_verified_with_the_bare_plaintext(client: Client) -> None:
    sealed = CRYPTO.encrypt(b"1616140317555161061")
    query = "&".join(f"{name}={quote(value)}" for name, value in signed(sealed).items())
    async with client.get(f"/wecom/callback?{query}&echostr={quote(sealed)}") as answer:
        assert (answer.status, await answer.text()) == (200, "1616140317555161061")
    async with client.get(f"/wecom/callback?{query}&echostr={quote(sealed[:-4])}") as answer:
        assert (answer.status, await answer.text()) == (403, "")


async def test_hostile_bodies_are_refused_and_leave_nothing(client: Client, db: Database) -> None:
    for name, (body, status) in OUTSIDE.items():
        async with client.post("/wecom/callback", params=signed(GOOD), data=BytesIO(body)) as answer:
            assert (name, answer.status, await answer.read()) == (name, status, b"")
    for name, plain in INSIDE.items():
        assert (name, await post(client, CRYPTO.encrypt(plain))) == (name, 400)
    assert await rows(db) == 0


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same number of tries, without the seconds in between; nor is it printed how each failed, which costs more."""
    monkeypatch.setattr(bot.inbox, "RETRY_AFTER_S", (0.0, 0.0, 0.0, 0.05))
    with capture_logs():
        yield


@pytest.mark.usefixtures("impatient")
async def test_nothing_is_acknowledged_while_the_database_fails(client: Client, db: Database) -> None:
    async with db.begin() as session:
        await session.execute(text("ALTER TABLE inbox RENAME TO inbox_away"))
    try:
        with capture_logs() as logs:
            statuses = await asyncio.gather(*(post(client, text_message(str(n))) for n in range(5)))
    finally:
        async with db.begin() as session:
            await session.execute(text("ALTER TABLE inbox_away RENAME TO inbox"))
    assert statuses == [503] * 5
    assert {entry["event"] for entry in logs} == {"messages not stored yet", "messages not stored"}
    assert await post(client, text_message("1")) == 200  # delivered again, once the database is back
    assert await rows(db) == 1


@pytest.mark.usefixtures("impatient")
async def test_a_disk_that_is_full_at_the_commit_is_not_acknowledged(client: Client, db: Database) -> None:
    def full(side: str) -> None:
        raise OSError(28, f"no space left {side} the commit")

    db.commit_hook = full
    assert await post(client, text_message("1")) == 503
    assert await rows(db) == 0
    db.commit_hook = None
    assert await post(client, text_message("2")) == 200  # there is room again
    assert await rows(db) == 2  # nothing was forgotten meanwhile


@pytest.mark.usefixtures("impatient")
async def test_a_log_that_cannot_be_written_acknowledges_nothing(
    client: Client, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full for the log as well: what is not stored must not be answered 200 all the same."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "no space left")

    db.commit_hook = full
    monkeypatch.setattr(bot.inbox.log, "exception", full)
    assert await post(client, text_message("1")) == 503
    db.commit_hook = None
    assert await rows(db) == 0


async def test_a_database_that_hiccups_loses_nothing(client: Client, db: Database) -> None:
    """The platform may not repeat what was answered 503, so the commit is tried again first."""
    tries: list[str] = []

    def busy_once(side: str) -> None:
        tries.append(side)
        if len(tries) == 1:
            raise TimeoutError

    db.commit_hook = busy_once
    assert await post(client, text_message("1")) == 200
    assert tries == ["before", "before", "after"]
    assert await rows(db) == 1


async def test_a_database_locked_by_another_process_is_waited_for(client: Client, db: Database) -> None:
    if not db.is_sqlite:  # PostgreSQL locks rows, and nobody else has these
        return
    assert await post(client, text_message("0")) == 200
    other = sqlite3.connect(db.engine.url.database or "", check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(post(client, text_message("1")))
    asyncio.get_running_loop().call_later(0.2, other.rollback)
    assert await waiting == 200
    assert await rows(db) == 2
    other.close()


@pytest.mark.usefixtures("impatient")
async def test_a_database_locked_for_longer_than_the_platform_waits_loses_and_doubles_nothing(
    client: Client, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of the file by another program: looking goes on, what comes is not told 200 and stored when it is over."""
    if not db.is_sqlite:  # as above
        return
    assert await post(client, text_message("0")) == 200
    monkeypatch.setattr(models.sqlite_driver, "LOCK_WAIT_MS", 1)
    other = sqlite3.connect(db.engine.url.database or "", check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    assert [await post(client, text_message("1"), nonce) for nonce in ("a", "b", "c")] == [503] * 3
    async with client.get("/readyz") as answer:
        assert (answer.status, await rows(db)) == (200, 1)
    other.rollback()
    while await post(client, text_message("2")) != 200:
        pass
    assert await rows(db) == 3
    other.close()


async def test_a_connection_that_was_cut_is_replaced(client: Client, db: Database) -> None:
    """The database was restarted between two messages: nobody outside notices."""
    assert await post(client, text_message("1")) == 200
    if not db.is_sqlite:
        await _cut(db)
    assert await post(client, text_message("2")) == 200
    assert await rows(db) == 2


async def _cut(db: Database) -> None:
    async with db.begin() as session:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%INTO inbox%ON CONFLICT%'"
        await session.execute(text(f"{cut} AND pid <> pg_backend_pid()"))


async def test_a_queue_that_only_grows_refuses_more(
    db: Database, service_inbox: tuple[web.Application, Inbox]
) -> None:
    """Memory must not grow with a database that hangs."""
    inbox = service_inbox[1]
    messages = [Inbound("wecom", str(n), "liming", Kind.TEXT, NOW) for n in range(10_600)]
    async with db.begin() as session:
        if not db.is_sqlite:
            await session.execute(text("LOCK TABLE inbox IN EXCLUSIVE MODE"))
        waiting = [asyncio.create_task(inbox.store(message)) for message in messages]
        for _ in range(3):
            await asyncio.sleep(0)
        refused = sum(isinstance(task.exception(), NotStored) for task in waiting if task.done())
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert refused in {100, 600}  # whether or not the first 500 were on their way already
    assert outcomes.count(None) == len(messages) - refused == await rows(db)
