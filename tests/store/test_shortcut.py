"""What goes past SQLAlchemy is in the session's transaction all the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.exc import DBAPIError

from models.database import Database
from models.messages.content import Content
from models.messages.outbox import OutboxMessage, Purpose, enqueue
from models.messages.window import KfWindow
from models.prepared import Prepared
from models.savepoint import back_to_savepoint, set_savepoint
from models.shortcut import ask

NOW = datetime(2026, 3, 16, 1, tzinfo=UTC)
COUNT = Prepared(select(func.count()).select_from(KfWindow).where(KfWindow.account == bindparam("whose")))


async def said(db: Database) -> list[str]:
    async with db.read() as session:
        return list(await session.scalars(select(OutboxMessage.dedupe_key).order_by(OutboxMessage.id)))


async def test_goes_with_its_transaction_though_it_is_the_first_statement(db: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with db.begin() as session:
            await enqueue(session, "a", Content(text="a"), recipient="staff:a", purpose=Purpose.WORK, now=NOW)
            raise ZeroDivisionError
    assert await said(db) == []


async def test_goes_with_what_is_refused(db: Database) -> None:
    async with db.begin() as session:
        for key in ("a", "b", "a"):
            await enqueue(session, key, Content(text=key), recipient="staff:a", purpose=Purpose.WORK, now=NOW)
            if key == "a":
                await set_savepoint(session)
        await enqueue(session, "c", Content(text="c"), recipient="staff:a", purpose=Purpose.WORK, now=NOW)
        await back_to_savepoint(session)
    assert await said(db) == ["a", "b"]


async def test_sees_what_the_session_has_not_written_yet(db: Database) -> None:
    async with db.begin() as session:
        session.add(KfWindow(account="wmx", last_inbound_at=NOW))
        assert await ask(session, COUNT, {"whose": "wmx"}) == [(1,)]
        await session.rollback()
        assert await ask(session, COUNT, {"whose": "wmx"}) == [(0,)]


async def test_fails_like_any_other_statement(db: Database) -> None:
    """So that whoever tries again after a deadlock does so; and no value stands in what is said of it."""
    broken = Prepared(select(literal_column("nothing_of_that_name")).where(bindparam("mobile") == "1"))
    with pytest.raises(DBAPIError) as failure:
        async with db.begin() as session:
            await ask(session, broken, {"mobile": "13800138000"})
    assert "nothing_of_that_name" in str(failure.value)
    assert "138" not in str(failure.value)
