"""Messages are kept whatever they hold, by both ways in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from models.database import Database
from models.messages.inbound import Inbound, Kind
from models.messages.inbox import InboxMessage, store, store_alone

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
