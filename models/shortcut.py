"""Prepared statements in the transaction of a session, past SQLAlchemy: for the few that every message needs.

To hand one to SQLAlchemy costs five times what SQLite takes for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from models.prepared import Prepared

_KNOWN = "driver of the transaction"


async def ask(session: AsyncSession, statement: Prepared, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of the answer, or of what the statement returns; what the session holds back is written first.

    Raises: DBAPIError, as the session would.
    """
    if session.new or session.dirty or session.deleted:
        await session.flush()
    driver = await driver_of(session)
    written = statement.written(session.get_bind().dialect)
    rows = await tell(driver, written.sql, written.values(values))
    return [written.read(row) for row in rows]


async def driver_of(session: AsyncSession) -> Any:
    """The driver's connection, in the session's transaction."""
    transaction = session.sync_session.get_transaction()
    known = session.info.get(_KNOWN)
    if known and known[0] is transaction:
        return known[1]
    connection = await session.connection()
    driver: Any = (await connection.get_raw_connection()).driver_connection
    if connection.dialect.name != "sqlite" and not driver.is_in_transaction():
        await connection.exec_driver_sql("SELECT 1")  # SQLAlchemy begins with its first statement only
    session.info[_KNOWN] = (session.sync_session.get_transaction(), driver)
    return driver


async def tell(driver: Any, sql: str, values: Iterable[Any] = ()) -> Iterable[Any]:
    """The rows that the driver answers with.

    Raises: DBAPIError.
    """
    try:
        if hasattr(driver, "at_once"):
            _, rows = await driver.at_once(lambda cursor: cursor.execute(sql, tuple(values)))
            return rows  # type: ignore[no-any-return]
        return await driver.fetch(sql, *values)  # type: ignore[no-any-return]
    except Exception as failure:
        raise DBAPIError(sql, None, failure, hide_parameters=True) from failure
