"""The migrations make exactly the tables that the code describes, from nothing and again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, inspect, text

import models.migrations
from models.database import Database
from models.messages.inbox import InboxMessage, InboxStatus
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.migrations import head, is_current, upgrade
from models.people.tenant import Contact
from models.tables import metadata


@pytest.fixture(params=["sqlite", "postgresql"])
async def bare(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database without any table."""
    if request.param == "sqlite":
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'bare.sqlite'}", durable=False)
    else:
        url = str(request.getfixturevalue("postgres"))
        server = Database(url, pool_size=1)
        async with server.engine.connect() as connection:
            free = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await free.execute(text("DROP DATABASE IF EXISTS bare"))
            await free.execute(text("CREATE DATABASE bare"))
        await server.close()
        database = Database(url.replace("/postgres?", "/bare?"), pool_size=1)
    yield database
    await database.close()


def missing(connection: Connection) -> list[object]:
    """What alembic would still change."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


class Killed(Exception):
    """The process is gone."""


FIRST = "646bd7316f0b"
"""The schema of the first release."""
ROWS = (
    "INSERT INTO tenant (id, name, post_address) VALUES (1, '云帆', '')",
    "INSERT INTO contact (id, tenant_id, name, mobile, role, active, sms_refused)"
    " VALUES (1, 1, '李娜', '13800010001', '负责人', true, false)",
    "INSERT INTO inbox (id, channel, key, sender, payload, received_at, status, rank, attempts, error)"
    " VALUES (1, 'kf', 'k1', 'wmlina', '{}', '2026-03-16 01:00:00', 'new', 1, 0, '')",
    "INSERT INTO outbox (id, dedupe_key, recipient, account, purpose, content, guard, subject, status, due_at,"
    " attempts, owner, channel, address, tried, provider_id, reason, created_at) VALUES (1, 'a', 'contact:1', '',"
    " 'reply', '{}', '', '', 'due', '2026-03-16 01:00:00', 0, '', '', '', '[]', '', '', '2026-03-16 01:00:00')",
)


async def tables_of(database: Database) -> dict[str, int]:
    """How many columns each table has."""

    def count(connection: Connection) -> dict[str, int]:
        looked = inspect(connection)
        return {name: len(looked.get_columns(name)) for name in looked.get_table_names()}

    async with database.engine.connect() as connection:
        return await connection.run_sync(count)


async def test_a_database_of_the_first_release_comes_up_with_its_rows_though_the_upgrade_is_killed(
    bare: Database,
) -> None:
    """Each time the process dies everything is left as it was, and the upgrade is done again."""
    await upgrade(bare, FIRST)
    async with bare.engine.begin() as connection:
        for row in ROWS:
            await connection.execute(text(row))
    before = await tables_of(bare)
    for statements in (3, 20, 40):
        left = iter(range(statements))

        def die(*_: object, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise Killed

        event.listen(bare.engine.sync_engine, "before_cursor_execute", die)
        with pytest.raises(Killed):
            await upgrade(bare)
        event.remove(bare.engine.sync_engine, "before_cursor_execute", die)
        assert await tables_of(bare) == before
    assert not await is_current(bare)
    await upgrade(bare)
    assert await is_current(bare)
    async with bare.read() as session:
        contact, received = await session.get_one(Contact, 1), await session.get_one(InboxMessage, 1)
        assert (contact.mobile, received.status) == ("13800010001", InboxStatus.NEW)
        assert (await session.get_one(OutboxMessage, 1)).status is OutboxStatus.DUE
    async with bare.engine.connect() as connection:
        assert await connection.run_sync(missing) == []


async def test_an_empty_database_becomes_the_present_schema_and_several_upgrades_at_once_are_one(
    bare: Database,
) -> None:
    assert not await is_current(bare)
    others = [Database(bare.engine.url.render_as_string(hide_password=False), pool_size=1) for _ in range(2)]
    await asyncio.gather(*(upgrade(each) for each in (bare, *others)))
    assert all([await is_current(each) for each in others])
    for each in others:
        await each.close()
    await upgrade(bare)
    assert await is_current(bare)
    async with bare.engine.connect() as connection:
        assert await connection.run_sync(missing) == []


def test_the_last_revision_is_known_without_loading_alembic() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(models.migrations.__file__).parent))
    assert head() == ScriptDirectory.from_config(config).get_current_head()
