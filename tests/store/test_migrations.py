"""The migrations make exactly the tables that the code describes, from nothing and again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from models.database import Database
from models.migrations import is_current, upgrade
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


async def test_an_empty_database_becomes_the_present_schema(bare: Database) -> None:
    assert not await is_current(bare)
    await upgrade(bare)
    await upgrade(bare)
    assert await is_current(bare)
    async with bare.engine.connect() as connection:
        assert await connection.run_sync(missing) == []
