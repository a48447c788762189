"""What SMS have cost: by pieces, without those that failed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from models.database import Database
from models.messages.content import Content
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose, enqueue
from models.messages.sms_cost import SmsCost, sms_costs

NOW = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
SENT, DEAD, UNKNOWN = OutboxStatus.SENT, OutboxStatus.DEAD, OutboxStatus.UNKNOWN


async def test_pieces_are_counted_and_failures_are_free(db: Database) -> None:
    told = [
        ("a", SENT, "短", NOW),
        ("a", SENT, "长" * 80, None),
        ("a", DEAD, "短", None),
        ("b", UNKNOWN, "短", None),
    ]
    async with db.begin() as session:
        for n, (code, status, value, delivered_at) in enumerate(told):
            await enqueue(session, f"k{n}", Content(text="x"), recipient="r", purpose=Purpose.NOTICE, now=NOW)
            row = (
                await session.scalars(select(OutboxMessage).where(OutboxMessage.dedupe_key == f"k{n}"))
            ).one()
            row.channel, row.status, row.settled_at, row.delivered_at = "sms", status, NOW, delivered_at
            row.request = {"api": "sms/send", "body": {"template": code, "params": {"v": value}}}
    texts = {"a": "您好${v}", "b": "您好${v}"}
    async with db.read() as session:
        found = await sms_costs(session, NOW, NOW + timedelta(days=1), texts, "物业")
        assert found == [SmsCost("a", 2, 1, 1, 3), SmsCost("b", 1, 0, 0, 1)]
        assert found[0].fen(4.5) == 14
        assert await sms_costs(session, NOW + timedelta(days=1), NOW + timedelta(days=2), texts, "") == []
