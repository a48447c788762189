"""A try that was never answered may have arrived, whatever the tries after it were told."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.channels import SmsChannel, WecomApp, WecomKf
from bot.channels.base import Channel
from bot.core import Core
from bot.files import FileStore
from bot.outbox import Outbox
from models.clock import VirtualClock
from models.database import Database
from models.messages.content import Content, Sms
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose, enqueue
from models.messages.reports import SmsReport, take_reports
from models.messages.window import KfWindow, opened
from models.people.tenant import Contact, ContactRole, Tenant
from models.rules import Rules
from tests.store.fee_park import CALENDAR
from tests.wire.strict_platform import Customer, Event, StrictPlatform

NOW = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
LATER = timedelta(hours=5)


class Line:
    """An outbox over the strict platform."""

    def __init__(self, db: Database) -> None:
        self.db, self.clock = db, VirtualClock(NOW)
        self.platform = StrictPlatform(self.clock, random.Random(1))
        client: Any = self.platform
        channels: dict[str, Channel] = {
            "wecom": WecomApp(client, 1), "kf": WecomKf(client, "wk", self.clock), "sms": SmsChannel(client),
        }  # fmt: skip
        attachments: Any = None
        core = Core(db, self.clock, Rules(), CALENDAR, FileStore(Path()))
        self.outbox = Outbox(core, channels, attachments)

    async def say(self, recipient: str, account: str, purpose: Purpose) -> None:
        async with self.db.begin() as session:
            await enqueue(
                session, "k", Content(text="#1#"), recipient=recipient, account=account, purpose=purpose, now=NOW
            )  # fmt: skip

    async def wait(self, by: timedelta) -> None:
        """Looked at twice: first what comes soon, then what is left."""
        for part in (timedelta(minutes=1), by):
            self.clock.set(self.clock.now() + part)
            await self.outbox.drain()

    async def row(self) -> OutboxMessage:
        async with self.db.read() as session:
            return (await session.scalars(select(OutboxMessage))).one()


@pytest.mark.parametrize("answers", [("lost", -1, 60020), ("lost", 60020), ("lost", 45009, 60020)], ids=str)
async def test_what_the_application_may_have_shown_is_not_sent_again_after_its_check_ends(
    db: Database, answers: Sequence[int | str]
) -> None:
    line = Line(db)
    line.platform.faults["message/send"].extend(answers)
    await line.say("staff:a", "a", Purpose.WORK)
    await line.outbox.drain()
    await line.wait(LATER)
    assert line.platform.shown["wecom"]["1"] == 1
    assert (await line.row()).status is OutboxStatus.UNKNOWN


async def test_what_was_surely_refused_each_time_is_sent_when_it_may(db: Database) -> None:
    line = Line(db)
    line.platform.faults["message/send"].extend(["never", -1, 60020])
    await line.say("staff:a", "a", Purpose.WORK)
    await line.outbox.drain()
    await line.wait(LATER)
    await line.wait(LATER)
    assert line.platform.shown["wecom"]["1"] == 1
    assert (await line.row()).status is OutboxStatus.SENT


async def test_a_place_in_the_window_is_taken_by_what_may_have_arrived(db: Database) -> None:
    """Two names of one person: what goes to the one counts for the other before its answer has come."""
    line = Line(db)
    line.platform.customers["wmx"] = Customer(NOW, sent=4, state=1)
    async with db.begin() as session:
        await opened(session, await session.get(KfWindow, "wmx"), "wmx", NOW)
        window = await session.get_one(KfWindow, "wmx")
        window.sent, window.state, window.state_at = 4, 1, NOW
    line.platform.faults["kf/send_msg"].append("lost")
    await line.say("kf:wmx", "wmx", Purpose.REPLY)
    await line.outbox.drain()
    async with db.begin() as session:
        await enqueue(
            session, "other", Content(text="#2#"), recipient="contact:1", account="wmx", purpose=Purpose.UPDATE, now=NOW
        )  # fmt: skip
    await line.outbox.drain()
    assert line.platform.broken == []


@pytest.mark.parametrize("arrives", [False, True])
async def test_what_is_reported_before_the_answer_is_acted_on_after_it(
    db: Database, *, arrives: bool
) -> None:
    line = Line(db)
    line.platform.failing, line.platform.reported = 0.0 if arrives else 1.0, 1.0
    line.platform.reports_after = (timedelta(),)
    async with db.begin() as session:
        session.add(Tenant(id=1, name="甲"))
        await session.flush()
        session.add(Contact(id=1, tenant_id=1, name="某", mobile="13800010001", role=ContactRole.HEAD))
        sms = Sms("notice", (("code", "1"),))
        await enqueue(
            session, "k", Content(text="#1#", sms=sms), recipient="contact:1", contact_id=1, purpose=Purpose.UPDATE, now=NOW
        )  # fmt: skip

    async def hear(event: Event) -> None:
        assert isinstance(event, SmsReport)
        async with db.begin() as session:
            await take_reports(session, [event], NOW, Rules())

    line.platform.tell = hear
    await line.outbox.drain()
    row = await line.row()
    assert (row.status, row.delivered_at is not None) == (
        OutboxStatus.SENT if arrives else OutboxStatus.DEAD,
        arrives,
    )
