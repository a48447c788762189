"""A process that stands still in the middle of sending, and wakes when another has long done it, says nothing twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.config import Config
from handlers import dispatch
from models.errors import Refused, Unreachable
from models.messages.card import Card
from models.messages.content import Button, Content, Sms
from models.messages.guards import GUARDS
from models.messages.inbound import Kind
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.messages.tell import close_cards, tell_contact, tell_staff
from models.people.staff import Staff
from models.people.tenant import Contact
from tests.calendar.processes import another
from tests.fakes.world import World

LONG = timedelta(seconds=70)
"""Longer than the lease."""


def stands_still(world: World, config: Config, files: Path) -> Callable[[], Awaitable[None]]:
    """Time passes for this process; another one does meanwhile what is to be done."""

    async def meanwhile() -> None:
        world.clock.set(world.clock.now() + LONG)
        await another(world, config, files, world.clock.now()).engine.work_outbox()

    return meanwhile


async def rows_to(world: World, recipient: str) -> list[OutboxMessage]:
    async with world.db.read() as session:
        return list(await session.scalars(select(OutboxMessage).where(OutboxMessage.recipient == recipient)))


async def test_a_file_uploaded_by_two_processes_is_shown_once(
    world: World, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload, meanwhile = world.channels["wecom"].upload, stands_still(world, config, tmp_path)

    async def slow(*args: Any) -> str:
        monkeypatch.setattr(world.channels["wecom"], "upload", upload)
        await meanwhile()
        world.platform._count += 100  # every upload gets an id of its own
        return await upload(*args)

    monkeypatch.setattr(world.channels["wecom"], "upload", slow)
    await world.say("chenjing", "导出 租户")
    assert [entry.kind for entry in world.phone("chenjing")] == ["text", "file"], world.phone("chenjing")
    assert {row.status for row in await rows_to(world, "staff:chenjing")} == {OutboxStatus.SENT}


async def test_an_sms_taken_over_by_another_process_is_not_sent_by_the_first(
    world: World, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.db.begin() as session:
        lina = (await session.scalars(select(Contact).where(Contact.name == "李娜"))).one()
        content = Content(text="有一份通知", sms=Sms("file_ready"))
        await tell_contact(session, lina, "sms", content, now=world.clock.now(), purpose=Purpose.NOTICE)
    claim, meanwhile = world.engine.outbox._claim, stands_still(world, config, tmp_path)

    async def then_stand_still() -> Any:
        monkeypatch.setattr(world.engine.outbox, "_claim", claim)
        claimed = await claim()
        await meanwhile()
        return claimed

    monkeypatch.setattr(world.engine.outbox, "_claim", then_stand_still)
    await world.engine.work_outbox()
    assert [api for api, _ in world.platform.requests] == ["sms/send"]
    assert {row.status for row in await rows_to(world, "contact:1")} == {OutboxStatus.SENT}


async def test_a_card_changed_by_a_try_whose_answer_was_lost_is_not_told_in_words(world: World) -> None:
    async with world.db.begin() as session:
        wang = (await session.scalars(select(Staff).where(Staff.userid == "wangqiang"))).one()
        card = Content(title="R01 空调不冷", text="A-1203", buttons=(Button("take:R01", "接单"),))
        await tell_staff(session, [wang], "card", card, now=world.clock.now(), subject="case:99")
    await world.engine.settle()
    api = "message/update_template_card"
    world.platform.refuse = [Unreachable("hung", api=api, maybe_done=True), Refused(60140, "used", api=api)]
    async with world.db.begin() as session:
        await close_cards(session, "case:99", "赵磊已接单", world.clock.now())
    await world.advance(world.clock.now() + timedelta(minutes=1))
    assert [entry.kind for entry in world.phone("wangqiang")] == ["card"]


async def test_what_may_have_been_shown_before_it_was_withheld_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(("", "该单已进入下一步"))

    async def stands(*_: Any) -> str:
        return next(answers)

    monkeypatch.setitem(GUARDS, "case_state", stands)
    async with world.db.begin() as session:
        wang = (await session.scalars(select(Staff).where(Staff.userid == "wangqiang"))).one()
        content = Content(text="有新工单")
        await tell_staff(session, [wang], "new", content, now=world.clock.now(), guard="case_state:1")
    world.platform.refuse = [Unreachable("hung", api="message/send", maybe_done=True)]
    await world.engine.settle()
    await world.advance(world.clock.now() + timedelta(minutes=1))
    (row,) = await rows_to(world, "staff:wangqiang")
    assert (row.status, row.reason) == (OutboxStatus.WITHHELD, "该单已进入下一步（上一次可能已送达）")


async def test_a_card_tapped_before_its_sender_knows_that_it_arrived_counts(world: World) -> None:
    await world.say("lina", "报修 空调不冷")
    async with world.db.begin() as session:  # as if each process had died between the answer and its settling
        await session.execute(delete(Card))
        cards = OutboxMessage.recipient.in_(["staff:wangqiang", "staff:zhaolei"])
        await session.execute(update(OutboxMessage).where(cards).values(status=OutboxStatus.DUE))
    answers = await world.press("wangqiang", "派给我")
    assert any("R01" in text for text in answers) and not any("不是发给您的" in text for text in answers)
    await world.advance(world.clock.now() + timedelta(minutes=2))
    for person in ("wangqiang", "zhaolei"):
        assert len([entry for entry in world.phone(person) if entry.text.startswith("新报修")]) == 1
    forged = {"task_id": "none-of-ours", "response_code": "x"}
    await world.deliver("wangqiang", Kind.PRESS, action="take:R01", data=forged)
    assert "不是发给您的" in world.new("wangqiang")[-1]


async def test_a_card_written_down_while_its_tap_is_looked_up_counts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.say("lina", "报修 空调不冷")
    async with world.db.begin() as session:
        (card,) = await session.scalars(select(Card).where(Card.userid == "wangqiang"))
        kept = {column.name: getattr(card, column.name) for column in Card.__table__.columns}
        await session.execute(delete(Card).where(Card.userid == "wangqiang"))

    async def settled_meanwhile(session: AsyncSession, *_: Any) -> None:
        await session.execute(insert(Card).values(kept))

    monkeypatch.setattr(dispatch, "card_under_way", settled_meanwhile)
    answers = await world.press("wangqiang", "派给我")
    assert any("R01" in text for text in answers) and not any("不是发给您的" in text for text in answers)
