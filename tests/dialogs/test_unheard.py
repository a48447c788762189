"""News that reaches nobody is read by the desk the next morning, in one list."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from models.clock import at_local, local_date
from models.messages.content import Content
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose, enqueue
from models.messages.tell import tell_contact
from models.messages.unheard import Unheard, unheard_text
from models.people.tenant import Contact
from tests.dialogs.test_sms_ways import fail_sms
from tests.fakes.world import World, verify_talk

LIST = "【没有送到的消息】"


async def lists(world: World, days: int) -> list[str]:
    """What the desk read on the coming mornings."""
    world.jobs = ("news.unheard",)
    found = []
    for _ in range(days):
        today = local_date(world.clock.now())
        await world.advance(at_local(today.replace(day=today.day + 1), 9))
        found += [text for text in world.new("zhoumin") if LIST in text]
    return found


async def tell(world: World, name: str, key: str, guard: str = "") -> None:
    """News about a payment to one contact."""
    async with world.db.begin() as session:
        contact = (await session.scalars(select(Contact).where(Contact.name == name))).one()
        now = world.clock.now()
        await tell_contact(
            session, contact, key, Content(text="已收 500.00 元"), now=now, subject="refund:7", guard=guard
        )
    await world.engine.settle()


async def test_a_caller_whose_sms_failed_is_telephoned(world: World) -> None:
    await verify_talk(world, [("zhoumin", "代报 A-1203 空调不冷 张三 139 0000 1234", "（张三）登记 R01")])
    await fail_sms(world, "13900001234")
    (told,) = await lists(world, 3)
    assert "R01 空调：张三 139****1234（短信未送达（MK:0001））" in told and "13900001234" not in told


async def test_news_is_listed_without_what_it_said(world: World) -> None:
    await tell(world, "吴老板", "refund:7")
    (told,) = await lists(world, 2)
    assert "退款：无信商贸行 吴老板 138****0005（没有可用的渠道：未绑定微信客服" in told and "500" not in told


async def test_what_a_colleague_gets_or_does_not_hold_any_more_is_not_listed(world: World) -> None:
    await tell(world, "赵敏", "refund:7")
    await tell(world, "陈思远", "refund:7")
    async with world.db.read() as session:
        rows = await session.execute(select(OutboxMessage.status).where(OutboxMessage.subject == "refund:7"))
        assert set(rows.scalars()) == {OutboxStatus.WAITING, OutboxStatus.DEAD}
    await tell(world, "吴老板", "refund:8")
    async with world.db.begin() as session:
        stale = update(OutboxMessage).where(OutboxMessage.dedupe_key.like("refund:8:%"))
        await session.execute(stale.values(guard="case_state:0/dispatched"))
    assert await lists(world, 2) == []


async def test_letters_and_members_are_not_on_the_list(world: World) -> None:
    async with world.db.begin() as session:
        now = world.clock.now()
        for key, recipient, purpose in (
            ("a", "contact:1", Purpose.NOTICE),
            ("b", "staff:gone", Purpose.WORK),
        ):
            await enqueue(
                session, key, Content(text="x"), recipient=recipient, contact_id=1, purpose=purpose, now=now,
                subject="notice:1",
            )  # fmt: skip
        await session.execute(
            update(OutboxMessage).values(status=OutboxStatus.DEAD, reason="x", settled_at=now)
        )
    assert await lists(world, 1) == []


@pytest.mark.parametrize(
    ("companies", "line"),
    [(2, "公告 G01：公司0、公司1"), (5, "公告 G01：公司0、公司1、公司2等 5 家")],
)
def test_an_announcement_to_many_is_one_line(companies: int, line: str) -> None:
    found = [
        Unheard("公告 G01", f"公司{n // 2} 某人", f"公司{n // 2}", "短信未送达") for n in range(2 * companies)
    ]
    assert unheard_text(found).splitlines()[1] == line
    assert "另有 5 项" in unheard_text([Unheard(f"R{n}", "某人", "", "无") for n in range(25)])
    assert unheard_text([]) == ""
