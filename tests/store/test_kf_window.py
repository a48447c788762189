"""The five messages of a KF conversation: each counts once, for what the customer wrote last before it was shown."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.wecom.kf_reading import read_item
from models.database import Database
from models.messages.outbox import OutboxStatus, Purpose
from models.messages.window import MESSAGES, Holder, KfWindow, note_closed, note_holder, note_sent, opened
from tests.store.test_in_doubt import NOW, Line
from tests.wire.strict_platform import Customer

SECOND = timedelta(seconds=1)
CHAT = "wmx"


async def write(line: Line, at: datetime) -> None:
    """The customer writes, and the service reads it a moment later."""
    line.platform.customers[CHAT] = Customer(at, state=Holder.BOT)
    line.clock.set(at + SECOND / 10)
    item = {"msgid": str(at), "external_userid": CHAT, "origin": 3, "send_time": int(at.timestamp())}
    sent_at = read_item(item, "wk", line.clock.now()).sent_at
    async with line.db.begin() as session:
        await opened(session, await session.get(KfWindow, CHAT), CHAT, sent_at)
        window = await session.get_one(KfWindow, CHAT)
        window.state, window.state_at = Holder.BOT, line.clock.now()


async def window_of(db: Database) -> KfWindow:
    async with db.read() as session:
        return await session.get_one(KfWindow, CHAT)


async def answered(db: Database, fault: str) -> Line:
    """An answer whose sending is not answered; the customer writes again within the same second; then all is well."""
    line = Line(db)
    await write(line, NOW - timedelta(hours=1))
    line.clock.set(NOW + SECOND / 2)
    line.platform.faults["kf/send_msg"].append(fault)
    await line.say(f"kf:{CHAT}", CHAT, Purpose.REPLY)
    await line.outbox.drain()
    await write(line, NOW + SECOND * 0.7)
    await line.wait(timedelta(minutes=1))
    assert (await line.row()).status is OutboxStatus.SENT
    return line


async def test_what_was_shown_in_the_second_in_which_the_customer_wrote_is_none_of_the_new_five(
    db: Database,
) -> None:
    line = await answered(db, "lost")
    assert (line.platform.customers[CHAT].sent, (await window_of(db)).sent) == (0, 0)


async def test_what_was_shown_at_the_second_try_counts_for_what_was_written_before_that_try(
    db: Database,
) -> None:
    line = await answered(db, "nothing")
    assert (line.platform.customers[CHAT].sent, (await window_of(db)).sent) == (1, 1)


async def test_a_refusal_of_before_the_customer_wrote_does_not_close_what_they_opened(db: Database) -> None:
    line = Line(db)
    await write(line, NOW)
    async with db.begin() as session:
        await note_closed(session, CHAT, NOW - SECOND)
        await note_holder(session, CHAT, Holder.ENDED, NOW - SECOND)
    assert (await window_of(db)).why_closed(NOW + SECOND) == ""
    async with db.begin() as session:
        await note_closed(session, CHAT, NOW + SECOND)
    assert (await window_of(db)).sent == MESSAGES
    async with db.begin() as session:
        await note_holder(session, CHAT, Holder.HUMAN, NOW - SECOND)
    assert (await window_of(db)).is_human(NOW)


async def test_a_message_counted_while_another_process_opens_the_window_is_none_of_the_new_five(
    db: Database,
) -> None:
    await write(Line(db), NOW)
    async with db.begin() as opening:
        window = await opening.get_one(KfWindow, CHAT)
        if not db.is_sqlite:  # which has one writer at a time
            async with db.begin() as counting:
                await note_sent(counting, [(CHAT, NOW + SECOND)])
        await opened(opening, window, CHAT, NOW + 2 * SECOND)
    assert (await window_of(db)).sent == 0
