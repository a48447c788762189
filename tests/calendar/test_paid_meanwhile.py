"""Money that comes between the decision to dun and the moment of sending: the letter stays here."""

from __future__ import annotations

from sqlalchemy import select

from models.database import Database
from models.messages.inbound import Inbound, Kind
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.people.tenant import Contact
from tests.calendar.processes import moment, owe_for_february
from tests.fakes.world import World

DUN_AT = moment("03-16", 10, 7)
YUNFAN, WUXIN = "13800010001", "13800010005"


async def say_unanswered(world: World, person: str, *texts: str) -> None:
    """Messages are handled, but what is said to them is not sent yet."""
    for text in texts:
        world.count += 1
        await world.engine.inbox.store(
            Inbound("wecom", f"k{world.count}", person, Kind.TEXT, world.clock.now(), text=text)
        )
        await world.engine.work_inbox()


async def letters_to(db: Database, mobile: str) -> list[OutboxMessage]:
    async with db.read() as session:
        return list(
            await session.scalars(
                select(OutboxMessage)
                .join(Contact, Contact.id == OutboxMessage.contact_id)
                .where(Contact.mobile == mobile, OutboxMessage.purpose == Purpose.NOTICE)
                .order_by(OutboxMessage.id)
            )
        )


async def test_a_letter_is_withheld_when_the_money_has_come(world: World, db: Database) -> None:
    await owe_for_february(db)
    world.clock.set(DUN_AT)
    await world.engine.work_calendar()
    assert {row.status for row in await letters_to(db, YUNFAN)} == {OutboxStatus.DUE}
    await say_unanswered(world, "heting", "收款 云帆 1000 转账 流水01", "是")
    await world.engine.settle()
    rows = await letters_to(db, YUNFAN)
    assert {(row.status, row.reason) for row in rows} == {(OutboxStatus.WITHHELD, "账单已付清")}
    assert world.phone(YUNFAN) == []
    assert {row.status for row in await letters_to(db, WUXIN)} >= {OutboxStatus.SENT}


async def test_a_part_payment_does_not_hold_the_letter(world: World, db: Database) -> None:
    await owe_for_february(db)
    world.clock.set(DUN_AT)
    await world.engine.work_calendar()
    await say_unanswered(world, "heting", "收款 云帆 999.99 转账 流水01", "是")
    await world.engine.settle()
    assert OutboxStatus.SENT in {row.status for row in await letters_to(db, YUNFAN)}
    assert len(world.phone(YUNFAN)) == 1


async def test_money_that_comes_before_the_second_attempt_holds_it(world: World, db: Database) -> None:
    await owe_for_february(db)
    await world.advance(moment("03-17", 10))
    world.clock.set(moment("03-17", 10, 1))
    await world.engine.work_calendar()
    await say_unanswered(world, "heting", "收款 云帆 1000 转账 流水01", "是")
    await world.engine.settle()
    sent = [row for row in await letters_to(db, YUNFAN) if row.status is OutboxStatus.SENT]
    assert len(sent) == 1
