"""Messages are kept whatever they hold, by both ways in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from models.database import Database
from models.messages.inbound import Inbound, Kind
from models.messages.inbox import InboxMessage, store, store_alone, take

NOW = datetime(2026, 3, 16, 1, tzinfo=UTC)


def message(text: str, **data: object) -> Inbound:
    return Inbound("kf", f"k{text}", f"wm{text}", Kind.TEXT, NOW, text=text, data=data)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("空调\x00不冷", "空调不冷"),
        ("\x00", ""),
        ("half \ud83d of it", "half \ufffd of it"),
        ("\ud83d\ude00", "😀"),
        ("3 楼漏水 😀 ok", "3 楼漏水 😀 ok"),
    ],
)
@pytest.mark.parametrize("alone", [True, False])
async def test_what_no_database_can_keep_is_left_out(db: Database, sent: str, kept: str, alone: bool) -> None:
    received = message(sent, **{"menu\x00": [sent, {"deep": sent, "n": 3}]})
    if alone:
        assert await store_alone(db, [received], NOW) == 1
        assert await store_alone(db, [received], NOW) == 0
    else:
        async with db.begin() as session:
            assert len(await store(session, [received], NOW)) == 1
            assert await store(session, [received], NOW) == []
    async with db.read() as session:
        row = (await session.scalars(select(InboxMessage))).one()
    assert (row.key, row.sender, row.payload["text"]) == (f"k{kept}", f"wm{kept}", kept)
    assert row.payload["data"] == {"menu": [kept, {"deep": kept, "n": 3}]}


@pytest.mark.parametrize("alone", [True, False])
async def test_a_senders_messages_keep_their_order(db: Database, alone: bool) -> None:
    async with db.begin() as session:
        said = [replace(message(text), sender="wmlina") for text in ("1", "2", "3")]
        welcome = replace(message("4"), sender="wmlina", action="enter_session")
        await store(session, [*said, message("other"), welcome], NOW)
    assert await texts(db, alone) == (["1", "2", "3", "other"] if alone else ["1", "other"])
    async with db.begin() as session:
        waits = (
            update(InboxMessage).where(InboxMessage.key == "k2").values(retry_at=NOW + timedelta(minutes=1))
        )
        await session.execute(waits)
    assert await texts(db, alone) == ["1", "other"]


async def texts(db: Database, alone: bool) -> list[str]:
    async with db.begin() as session:
        taken = await take(session, NOW, 10, alone=alone)
        await session.rollback()
    return [each.message.text for each in taken]
