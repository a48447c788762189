"""The database as the rest of the house sees it: `begin()` to write, `read()` to look.

Two differences between SQLite and PostgreSQL are levelled here. SQLite takes its write lock at the start of a
transaction (BEGIN IMMEDIATE), because a read that turns into a write would fail as "database is locked"; and
writers of one process queue at a fair lock, because SQLite's own waiting has no order and starves short ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import lru_cache, partial
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    CursorResult,
    Dialect,
    Executable,
    Table,
    any_,
    bindparam,
    event,
    func,
    insert,
    literal,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from models import json_text
from models.base import Base
from models.express import Express
from models.prepared import Prepared
from models.sqlite_driver import connector

CommitHook = Callable[[str], None]


class Database:
    """One engine and its units of work."""

    def __init__(self, url: str, *, durable: bool = True, pool_size: int = 10) -> None:
        """`durable`: SQLite waits for the disk at every commit; tests may leave that out."""
        self.is_sqlite = url.startswith("sqlite")
        # An error names the statement, never the values: they are people's names, numbers and words.
        options: dict[str, Any] = {
            "pool_size": pool_size, "max_overflow": 5, "hide_parameters": True,
            "json_serializer": json_text.written, "json_deserializer": json_text.read,
        }  # fmt: skip
        if self.is_sqlite:
            options["async_creator"] = connector(make_url(url), durable=durable)
        self.engine = create_async_engine(url, **options)
        if self.is_sqlite:
            _prepare_sqlite(self.engine, durable=durable)
        self._readers = self.engine.execution_options(guanjia_read=True)
        self._writer = asyncio.Lock()
        self._express, self._looker = Express(self.engine), Express(self.engine)
        self.commit_hook: CommitHook | None = None
        """Called with "before" and "after" each commit; the crash tests raise in it."""

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """A unit of work: committed at the end, rolled back on any exception, or by whoever found nothing to do."""
        async with self._turn(), _session(self.engine) as session:
            yield session
            if not session.in_transaction():
                return
            if self.commit_hook:
                await session.flush()
                self.commit_hook("before")
            await session.commit()
        if self.commit_hook:
            self.commit_hook("after")

    async def execute_alone(self, sql: str, *values: Any) -> int:
        """One driver-level statement that is a transaction by itself; how many rows it changed.

        Committed when this returns. It spares the session, BEGIN and COMMIT, each of which waits for a thread or
        for the network: for what is written thousands of times a second. Calls take turns.
        """
        async with self._turn():
            if self.commit_hook:
                self.commit_hook("before")
            changed = await self._express.run(partial(self._execute, sql=sql, values=values))
        if self.commit_hook:
            self.commit_hook("after")
        return changed

    async def alone(self, statement: Prepared, values: Mapping[str, Any]) -> int:
        """The same for a statement of ours."""
        written = statement.written(self.engine.dialect)
        return await self.execute_alone(written.sql, *written.values(values))

    async def _execute(self, driver: Any, sql: str, values: Sequence[Any]) -> int:
        if self.is_sqlite:
            done, _ = await driver.by_itself(lambda cursor: cursor.execute(sql, values))
            return int(done.rowcount)
        return int((await driver.execute(sql, *values)).rpartition(" ")[2])

    def _turn(self) -> AbstractAsyncContextManager[Any]:
        return self._writer if self.is_sqlite else nullcontext()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A snapshot to look at; nothing written in it is kept."""
        async with _session(self._readers) as session:
            yield session

    async def look(self, question: Prepared, values: Mapping[str, Any]) -> Sequence[Any]:
        """The one row of the answer; there is no transaction around it, which spares two trips of three."""
        written = question.written(self.engine.dialect)
        fetch = partial(self._fetch, sql=written.sql, values=written.values(values))
        return written.read(await self._looker.run(fetch))

    async def _fetch(self, driver: Any, sql: str, values: Sequence[Any]) -> Sequence[Any]:
        if self.is_sqlite:
            _, rows = await driver.at_once(lambda cursor: cursor.execute(sql, values))
            return rows[0]  # type: ignore[no-any-return]
        return await driver.fetchrow(sql, *values)  # type: ignore[no-any-return]

    async def create_all(self) -> None:
        """Creates the present schema in an empty database (tests; sites use the migrations)."""
        async with self.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)

    async def close(self) -> None:
        """Gives the connections back."""
        await self._express.close()
        await self._looker.close()
        await self.engine.dispose()

    @property
    def kept(self) -> int:
        """How many connections of the pool are held for as long as the database is open."""
        return self._express.is_open + self._looker.is_open


@asynccontextmanager
async def _session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A session for one unit of work. What has been committed or rolled back holds no connection any more: then closing
    it is forgetting its objects, which needs no task of its own.
    """
    session = AsyncSession(engine, expire_on_commit=False)
    try:
        yield session
    finally:
        if session.in_transaction():
            await asyncio.shield(asyncio.create_task(session.close()))
        else:
            session.expunge_all()
        session.info.clear()


def _prepare_sqlite(engine: AsyncEngine, *, durable: bool) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={'FULL' if durable else 'OFF'}",
            "busy_timeout=0",  # models.sqlite_driver waits where waiting hurts nobody
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        sql = "BEGIN" if connection.get_execution_options().get("guanjia_read") else "BEGIN IMMEDIATE"
        pooled: Any = connection.connection.dbapi_connection
        # Past the cursor of SQLAlchemy: that costs more than to begin.
        pooled.run_async(lambda driver: driver.at_once(lambda cursor: cursor.execute(sql)))


def one_of(session: AsyncSession, column: Any, ids: Iterable[int]) -> ColumnElement[bool]:
    """`column.in_(ids)` with the list as one parameter: for long lists, which cost more to write out than to look up."""
    wanted = sorted(ids)
    if session.bind and session.bind.dialect.name == "postgresql":
        return cast("ColumnElement[bool]", column == any_(literal(wanted, ARRAY(BigInteger))))
    listed = func.json_each(json_text.written(wanted)).table_valued("value")
    return cast("ColumnElement[bool]", column.in_(select(listed.c.value)))


async def insert_new(
    session: AsyncSession, table: type[Base], rows: Sequence[Mapping[str, Any]]
) -> list[int]:
    """Inserts the rows that break no unique constraint and leaves the others alone; ids of the new ones, in order.

    `table` must have an integer primary key named id.
    """
    if not rows:
        return []
    target: Table = table.__table__  # type: ignore[assignment]  # declarative classes map plain tables here
    dialect = session.bind.dialect.name if session.bind else ""
    values: Any = rows[0] if len(rows) == 1 else rows
    return sorted((await session.execute(_insert_or_ignore(target, dialect), values)).scalars())


async def insert_absent(session: AsyncSession, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> bool:
    """Like `insert_new`, for tables with any primary key: afterwards each row is there, ours or somebody else's.

    Of one row, whether it is ours.
    """
    target: Table = table.__table__  # type: ignore[assignment]  # as above
    dialect = session.bind.dialect.name if session.bind else ""
    if not rows:
        return False
    values: Any = rows[0] if len(rows) == 1 else list(rows)
    done = cast(
        "CursorResult[Any]",
        await session.execute(_insert_or_ignore(target, dialect, returning=False), values),
    )
    return done.rowcount > 0


def prepare_absent(target: Table, columns: Sequence[str], *returned: str) -> Prepared:
    """One row of these columns, unless its key is there already; the answer are these columns of it, if it is new."""
    values: dict[str, Any] = {name: bindparam(name) for name in columns}
    answer = [target.c[name] for name in returned]
    kinds = (sqlite.insert(target), postgresql.insert(target))
    absent = [kind.values(values).on_conflict_do_nothing() for kind in kinds]
    plain, other = (each.returning(*answer) if answer else each for each in absent)
    return Prepared(plain, postgresql=other)


async def insert_many(
    session: AsyncSession, table: type[Base], columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Inserts many rows of these columns. Values go to the driver as they are, unless their type has to write them."""
    if not rows:
        return
    connection = await session.connection()
    sql, order, writers = _plain_insert(table, columns, connection.dialect)
    ready = [
        tuple(
            [
                values[at] if write is None else write(values[at])
                for at, write in zip(order, writers, strict=True)
            ]
        )
        for values in rows
    ]
    await connection.exec_driver_sql(sql, ready)


@lru_cache(maxsize=64)
def _plain_insert(
    table: type[Base], columns: tuple[str, ...], dialect: Dialect
) -> tuple[str, list[int], list[Callable[[Any], Any] | None]]:
    """The statement, and for each place in it which of the columns it takes and how that is written."""
    target: Table = table.__table__  # type: ignore[assignment]  # as below
    compiled: Any = insert(target).compile(dialect=dialect, column_keys=list(columns))
    order = [columns.index(name) for name in compiled.positiontup]
    writers: list[Callable[[Any], Any] | None] = [
        target.c[columns[at]].type.dialect_impl(dialect).bind_processor(dialect) for at in order
    ]
    return str(compiled), order, writers


@lru_cache(maxsize=256)
def _insert_or_ignore(target: Table, dialect: str, *, returning: bool = True) -> Executable:
    """Built once for each table: building costs as much as inserting a row."""
    kind = postgresql if dialect == "postgresql" else sqlite
    statement = kind.insert(target).on_conflict_do_nothing()
    chosen: Executable = statement.returning(target.c.id) if returning else statement
    return chosen
