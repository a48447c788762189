"""A process dies, and the clock is put back by two hours: what it had is taken over within a minute of real time."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.core import Core
from bot.files import FileStore
from bot.queue_watch import EVERY, QueueWatch
from models.closing.close import CloseStatus, MonthClose
from models.closing.sealing import claim_approved, waiting
from models.database import Database
from models.job_run import LEASE, claim
from models.lease import SKEW, is_held
from models.messages.claiming import claim as take_up
from models.messages.inbound import Inbound, Kind
from models.messages.inbox import InboxMessage, store, take
from models.messages.outbox import OutboxStatus, Purpose, settle
from models.messages.send_pause import pause, pauses
from models.messages.window import KfWindow, note_closed, opened
from models.operation.clock_back import catch_up
from models.rules import Rules
from tests.store.fee_park import CALENDAR
from tests.store.test_in_doubt import NOW, Line

BACK = timedelta(hours=2)
MINUTE = timedelta(minutes=1)


async def put_back(line: Line, watch: QueueWatch) -> None:
    """The service lives, and notices."""
    line.clock._base -= BACK
    await watch.work()


@pytest.fixture
async def line(db: Database) -> Line:
    """An outbox with one message in it."""
    line = Line(db)
    await line.say("staff:a", "a", Purpose.WORK)
    return line


@pytest.fixture
async def watch(line: Line) -> QueueWatch:
    """It has looked once, by the old clock."""
    watch = QueueWatch(Core(line.db, line.clock, Rules(), CALENDAR, FileStore(Path())))
    await watch.work()
    return watch


async def test_a_message_is_sent_by_another_within_a_minute(line: Line, watch: QueueWatch) -> None:
    async with line.db.begin() as session:
        assert await take_up(session, "dead", NOW, 9)
    await put_back(line, watch)
    assert (
        await line.outbox.drain() == 0
    )  # whoever had it may live, and be about to write down that it was sent
    line.clock.set(line.clock.now() + MINUTE)
    assert await line.outbox.drain() == 1
    assert (await line.row()).status is OutboxStatus.SENT


async def test_who_lives_writes_down_what_became_of_a_message_all_the_same(
    line: Line, watch: QueueWatch
) -> None:
    async with line.db.begin() as session:
        (mine,) = await take_up(session, "alive", NOW, 9)
    await put_back(line, watch)
    async with line.db.begin() as session:
        assert await settle(session, mine, line.clock.now(), status=OutboxStatus.SENT)
    line.clock.set(line.clock.now() + MINUTE)
    assert await line.outbox.drain() == 0


async def test_what_is_about_to_leave_when_the_clock_is_put_back_is_left_to_the_next_try(
    line: Line, watch: QueueWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can tell by now whether another has it: an SMS must not go out from two processes."""
    planned = line.outbox._claim

    async def then(*_: Any) -> Any:
        monkeypatch.setattr(line.outbox, "_claim", planned)
        found = await planned()
        await put_back(line, watch)
        return found

    monkeypatch.setattr(line.outbox, "_claim", then)
    await line.outbox.drain()
    assert not line.platform.shown["wecom"]
    line.clock.set(line.clock.now() + MINUTE)
    await line.outbox.drain()
    assert line.platform.shown["wecom"]["1"] == 1


@pytest.mark.parametrize(("wait", "sent"), [(timedelta(), 1), (timedelta(hours=20), 0)], ids=str)
async def test_what_is_due_does_not_wait_for_the_old_clock_and_what_waits_for_the_morning_does(
    line: Line, watch: QueueWatch, wait: timedelta, sent: int
) -> None:
    async with line.db.begin() as session:
        session.add(row := await line.row())
        row.due_at = NOW + wait
    await put_back(line, watch)
    assert await line.outbox.drain() == sent


async def test_an_answer_a_pause_and_a_window_do_not_wait_for_the_old_clock(
    line: Line, watch: QueueWatch
) -> None:
    """What could not be handled holds up whatever the same person writes next."""
    message = Inbound("wecom", "1", "a", Kind.TEXT, NOW, text="帮助")
    async with line.db.begin() as session:
        (number,) = await store(session, [message], NOW)
        (await session.get_one(InboxMessage, number)).retry_at = NOW + MINUTE
        await pause(session, "message/send", NOW + MINUTE, "45009")
        await opened(session, None, "wmx", NOW)
        await note_closed(session, "wmx", NOW)
    await put_back(line, watch)
    now = line.clock.now()
    async with line.db.begin() as session:
        assert [taken.id for taken in await take(session, now, 1, alone=True)] == [number]
        assert not await pauses(session, now)
        window = await opened(session, await session.get_one(KfWindow, "wmx"), "wmx", now)
        assert window.why_closed(now) == ""


async def test_who_stood_still_while_it_looked_takes_nothing_from_others(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the others have begun since ends later than any lease by the time that it asked for."""
    async with line.db.begin() as session:
        assert await take_up(session, "alive", NOW + BACK, 9)

    async def slow(session: AsyncSession, now: datetime) -> bool:
        line.clock.set(now + BACK)
        return await catch_up(session, now)

    monkeypatch.setattr("bot.queue_watch.catch_up", slow)
    await QueueWatch(Core(line.db, line.clock, Rules(), CALENDAR, FileStore(Path()))).work()
    assert (await line.row()).lease_until == NOW + BACK + MINUTE


async def test_an_archive_is_sealed_by_another_within_a_minute(line: Line, watch: QueueWatch) -> None:
    async with line.db.begin() as session:
        session.add(
            MonthClose(
                month="2026-02", status=CloseStatus.APPROVED, round=1, made_by="sunli", made_at=NOW, facts={}
            )
        )
    async with line.db.begin() as session:
        assert await claim_approved(session, "dead", NOW)
    await put_back(line, watch)
    async with line.db.read() as session:
        assert await waiting(session, line.clock.now() + MINUTE)


@pytest.mark.parametrize(
    ("ends_in", "held"),
    [
        (timedelta(), False),
        (timedelta(seconds=1), True),
        (LEASE + timedelta(seconds=90), True),  # of a machine whose clock is ahead
        (LEASE + SKEW + timedelta(seconds=1), False),
    ],
)
def test_a_lease_runs_as_long_as_the_clocks_of_two_machines_may_tell(
    ends_in: timedelta, *, held: bool
) -> None:
    assert is_held(NOW + ends_in, NOW, LEASE) is held
    assert not is_held(None, NOW, LEASE)


async def test_a_run_of_a_machine_whose_clock_is_ahead_is_not_taken_from_it(db: Database) -> None:
    ahead = NOW + timedelta(seconds=90)
    for owner, at, mine in (("ahead", ahead, True), ("behind", NOW, False), ("behind", ahead + MINUTE, True)):
        async with db.begin() as session:
            assert await claim(session, "出账", NOW, owner, at) is mine


async def test_the_watch_looks_each_minute_by_whichever_clock(line: Line, watch: QueueWatch) -> None:
    assert len(watch._looks) == 1
    await put_back(line, watch)
    await watch.work()
    line.clock.set(line.clock.now() + EVERY)
    await watch.work()
    assert len(watch._looks) == 3
