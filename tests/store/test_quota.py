"""Limits of the providers, counted in the database: many processes, one count."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from models.database import Database
from models.messages.card import Card, open_cards
from models.messages.content import Content
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose, enqueue
from models.messages.putting_off import put_off_all
from models.messages.quota import open_quota
from models.messages.send_pause import pause, pauses
from models.messages.tell import close_cards
from models.rules.sending import SendingRules

NOW = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
RULES = SendingRules(app_accounts=1, api_per_minute=1100)


async def said(db: Database, count: int, *, channel: str, address: str, purpose: Purpose, ago: timedelta,
               status: OutboxStatus = OutboxStatus.SENT) -> None:  # fmt: skip
    """As many messages to one address, sent so long ago."""
    async with db.begin() as session:
        for n in range(count):
            await enqueue(
                session,
                f"{address}:{ago}:{n}",
                Content(text="x"),
                recipient=f"r{n}",
                purpose=purpose,
                now=NOW,
            )
        values = {"status": status, "channel": channel, "address": address, "settled_at": NOW - ago}
        await session.execute(update(OutboxMessage).where(OutboxMessage.channel == "").values(values))


@pytest.mark.parametrize(
    ("count", "seconds", "free"), [(27, 30, True), (28, 30, False), (28, 90, True), (980, 900, False)]
)
async def test_a_member_gets_no_more_than_wecom_delivers(
    db: Database, count: int, seconds: int, free: bool
) -> None:
    ago = timedelta(seconds=seconds)
    await said(db, count, channel="wecom", address="a", purpose=Purpose.WORK, ago=ago)
    async with db.begin() as session:
        quota = await open_quota(session, ["a", "b"], NOW, SendingRules())
        assert (quota.member("a").free_at is None) is free
        assert quota.member("b").free_at is None


async def test_changes_of_cards_are_no_messages_and_old_cards_are_left_alone(db: Database) -> None:
    async with db.begin() as session:
        for number, hours in enumerate([*range(28), 72]):
            sent_at = NOW - timedelta(hours=hours)
            session.add(
                Card(task_id=f"t{number}", userid="a", subject="case:1", keys=[], code="c", sent_at=sent_at)
            )
        await session.flush()
        await close_cards(session, "case:1", "已办", NOW)
        assert await open_cards(session, "case:1") == []
        rows = list(await session.scalars(select(OutboxMessage)))
        assert len(rows) == 28
        for row in rows:
            row.status, row.settled_at, row.channel, row.address = OutboxStatus.SENT, NOW, "wecom", "a"
        await session.flush()
        quota = await open_quota(session, ["a"], NOW, SendingRules())
        assert quota.member("a").free_at is None


async def test_a_number_is_counted_whoever_shares_it_and_codes_apart_from_notices(db: Database) -> None:
    await said(db, 30, channel="sms", address="138", purpose=Purpose.NOTICE, ago=timedelta(hours=2))
    await said(
        db,
        20,
        channel="sms",
        address="138",
        purpose=Purpose.UPDATE,
        ago=timedelta(hours=1),
        status=OutboxStatus.DEAD,
    )
    async with db.begin() as session:
        quota = await open_quota(session, [], NOW, SendingRules())
        assert (await quota.number("138", Purpose.NOTICE, 0)).free_at == NOW + timedelta(hours=22)
        assert (await quota.number("138", Purpose.CODE, 0)).free_at is None
        assert (await quota.number("139", Purpose.NOTICE, 0)).free_at is None


async def test_processes_share_the_slices_of_the_minute_and_the_day(db: Database) -> None:
    async def work(at: datetime) -> int:
        async with db.begin() as session:
            quota = await open_quota(session, [], at, RULES)
            taken = sum(quota.take("wecom") is None for _ in range(30))
            await quota.close()
            return taken

    assert sum(await asyncio.gather(*(work(NOW) for _ in range(6)))) == 100
    assert sum([await work(NOW + timedelta(seconds=6 * n)) for n in range(1, 9)]) == 100
    async with db.begin() as session:
        quota = await open_quota(session, [], NOW, RULES)
        assert quota.take("wecom") == datetime(2026, 3, 16, 16, 0, tzinfo=UTC)
        assert quota.take("sms") is None
    assert await work(NOW + timedelta(days=1)) == 30


async def test_many_who_begin_a_new_slice_at_once_wait_for_each_other_in_one_order(db: Database) -> None:
    """Each takes up the spans with a look of its own; whoever found some missing must not hold the others meanwhile."""

    async def work(at: datetime) -> None:
        async with db.begin() as session:
            quota = await open_quota(session, [], at, RULES)
            await asyncio.sleep(0)
            assert quota.take("kf") is None
            await quota.close()

    for number in range(12):
        at = NOW + timedelta(seconds=6 * number)
        await asyncio.gather(*(work(at) for _ in range(10)))


async def test_the_later_end_of_a_pause_stands(db: Database) -> None:
    async with db.begin() as session:
        for minutes in (10, 1):
            await pause(session, "kf/send_msg", NOW + timedelta(minutes=minutes), "45009")
    async with db.begin() as session:
        assert (await pauses(session, NOW))["kf/send_msg"].until == NOW + timedelta(minutes=10)
        assert await pauses(session, NOW + timedelta(minutes=10)) == {}


async def test_what_waits_for_a_full_channel_is_put_off_at_once_and_in_order(db: Database) -> None:
    async with db.begin() as session:
        for n, recipient in enumerate(("contact:1", "contact:1", "staff:a")):
            await enqueue(
                session, f"k{n}", Content(text="x"), recipient=recipient, purpose=Purpose.UPDATE, now=NOW
            )
        code = Content(text="x")
        await enqueue(session, "code", code, recipient="contact:2", purpose=Purpose.CODE, now=NOW)
    later = NOW + timedelta(seconds=6)
    async with db.begin() as session:
        await put_off_all(session, "kf", later, NOW)
    async with db.read() as session:
        due = await session.scalars(select(OutboxMessage.due_at).order_by(OutboxMessage.id))
        assert list(due) == [later, later, NOW, NOW]
