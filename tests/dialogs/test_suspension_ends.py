"""A suspension is carried out and undone, or ends before: by payment, dispute, promise, time, the site, a new tenant."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from models.messages.outbox import OutboxMessage
from models.people.tenant import Tenancy
from models.suspension.machine import State
from models.suspension.suspension import Suspension
from tests.fakes.debt import AGREE, APPLY, TO_EXECUTED, newest_suspension, pay, suspension_state
from tests.fakes.world import World, verify_talk

LAW = "民法典第944条"


async def withdrawn(world: World) -> None:
    """A chapter: who asked takes it back. From here on no job runs: the watch over suspensions is none."""
    world.only()
    await verify_talk(
        world,
        [
            ("lina", "账单", "60,000.00"),
            ("chenjing", "恢复服务 云帆 已协商", "没有被暂停的服务"),
            *APPLY,
            ("chenjing", "暂停撤回 ZS-202603-001", "请写明编号和原因"),
            ("chenjing", "暂停撤回 ZS-202603-001 已协商", "已撤回"),
        ],
    )


async def approved(world: World) -> None:
    """A chapter: it is asked for again, and both agree."""
    await world.begins_with(withdrawn)
    await verify_talk(world, [*APPLY, *AGREE])


async def executed(world: World) -> None:
    """A chapter: engineering has carried it out."""
    await world.begins_with(approved)
    await verify_talk(world, TO_EXECUTED)


async def test_from_the_paper_letter_to_the_restored_service(manual: World) -> None:
    await manual.begins_with(executed)
    assert await suspension_state(manual) is State.EXECUTED
    await pay(manual)
    await verify_talk(
        manual,
        [
            ("clock", "2026-03-31 09:01", "@wangqiang 请恢复服务 | @zhengwei 待恢复：通知书所列款项已付清"),
            ("wangqiang", "[已恢复]", "已恢复，租户已告知 | @lina 现已恢复"),
        ],
    )
    assert await suspension_state(manual) is State.RESTORED


async def test_an_approval_lapses_after_72_hours(manual: World) -> None:
    await manual.begins_with(approved)
    await verify_talk(
        manual,
        [
            ("clock", "2026-04-03 08:59", ""),
            (
                "clock",
                "2026-04-03 09:00",
                "@wangqiang 已过期 | @wangqiang 请勿执行 | @linfang 72 小时内未执行",
            ),
        ],
    )
    assert await suspension_state(manual) is State.EXPIRED
    await manual.press_key("wangqiang", f"suspend_done:{(await newest_suspension(manual)).id}")
    assert "现在是“已过期”，不能执行" in manual.new("wangqiang")[-1]


async def test_an_approval_does_not_survive_a_machine_that_was_off(manual: World) -> None:
    """The clock jumps without anything running: whoever taps then is refused by the facts, not by a job."""
    await manual.begins_with(approved)
    await verify_talk(manual, [("wangqiang", "[已执行]", "现场的照片")])
    async with manual.db.begin() as session:
        found = await session.get_one(Suspension, (await newest_suspension(manual)).id)
        found.expires_at = manual.clock.now()
    await verify_talk(manual, [("wangqiang", "<photo>", "已过期 | !已登记执行")])
    assert await suspension_state(manual) is State.EXPIRED


async def test_payment_between_approval_and_execution_stops_it(manual: World) -> None:
    await manual.begins_with(approved)
    await verify_talk(manual, [("wangqiang", "[已执行]", "现场的照片")])
    await pay(manual)
    await verify_talk(
        manual, [("wangqiang", "<photo>", "已取消：通知书所列款项已付清 | @linfang 已付清 | !已登记执行")]
    )
    assert await suspension_state(manual) is State.CANCELLED
    assert not any("已暂停" in entry.text for entry in manual.phone("lina"))


async def test_a_part_payment_does_not_stop_it(manual: World) -> None:
    await manual.begins_with(approved)
    await pay(manual, "100")
    await verify_talk(manual, [("clock", "2026-03-31 09:05", "")])
    assert await suspension_state(manual) is State.APPROVED


@pytest.mark.parametrize(
    ("said", "why"), [("异议 电费读数有误", "异议 Y01 尚未了结"), ("承诺 4月3日", "承诺 N01 尚未了结")]
)
async def test_a_dispute_or_a_promise_cancels_what_is_approved(manual: World, said: str, why: str) -> None:
    await manual.begins_with(approved)
    await verify_talk(
        manual,
        [
            ("lina", said, "已记下"),
            ("clock", "2026-03-31 09:01", f"@wangqiang {why} | @wangqiang 请勿执行"),
        ],
    )
    assert await suspension_state(manual) is State.CANCELLED


async def test_a_dispute_after_the_fact_has_the_service_restored(manual: World) -> None:
    await manual.begins_with(executed)
    await verify_talk(
        manual,
        [
            ("lina", "异议 金额不对", "已记下"),
            ("chenjing", "待办", "Y01 云帆设计有限公司 异议：金额不对"),
            ("clock", "2026-03-31 09:01", "@wangqiang 请恢复服务"),
            ("wangqiang", "待办", "待恢复，03-31 13:01 前完成"),
            ("clock", "2026-03-31 13:02", "@linfang 恢复已超过 4 小时未完成"),
            ("clock", "2026-03-31 20:00", "@linfang !恢复已超过"),
        ],
    )


async def test_a_change_of_tenant_ends_it_for_debts_follow_the_debtor(manual: World) -> None:
    await manual.begins_with(approved)
    async with manual.db.begin() as session:
        units = (await newest_suspension(manual)).unit_ids
        await session.execute(
            update(Tenancy).where(Tenancy.unit_id.in_(units)).values(end_on=manual.clock.now().date())
        )
    await verify_talk(manual, [("clock", "2026-04-01 08:31", "@linfang A-1203 已不再由该租户使用")])
    assert await suspension_state(manual) is State.CANCELLED


async def test_the_site_may_say_no(manual: World) -> None:
    await manual.begins_with(approved)
    await verify_talk(
        manual,
        [
            ("zhaolei", "[现场不宜]", "现场有什么情况"),
            ("zhaolei", "机柜还在运行", "已取消 | @linfang 现场不宜执行：机柜还在运行"),
        ],
    )
    assert await suspension_state(manual) is State.CANCELLED


async def test_without_a_photo_nothing_is_recorded_as_done(manual: World) -> None:
    await manual.begins_with(approved)
    await verify_talk(
        manual,
        [
            ("wangqiang", "[已执行]", "现场的照片"),
            ("wangqiang", "关了", "请先发一张现场照片"),
            ("wangqiang", "<photo>", "已登记执行"),
        ],
    )


async def test_staff_take_it_back_or_have_it_restored(manual: World) -> None:
    """Taken back it was before, in the first chapter of all."""
    await manual.begins_with(executed)
    await verify_talk(
        manual,
        [
            ("zhengwei", "暂停撤回 ZS-202603-002 改主意", "不能撤回"),
            ("zhengwei", "恢复服务 云帆 已签还款协议", "已派工程部恢复 | @wangqiang 已签还款协议"),
        ],
    )


async def test_every_card_of_the_step_begins_with_the_law(manual: World) -> None:
    await manual.begins_with(executed)
    async with manual.db.read() as session:
        rows = await session.scalars(select(OutboxMessage.content))
        cards = [row for row in rows if "suspend_" in str(row.get("buttons", ""))]
    assert len(cards) >= 6
    assert all(LAW in card["text"] for card in cards)


async def test_payment_while_the_papers_are_gathered_ends_it_and_only_who_asked_hears(manual: World) -> None:
    await verify_talk(
        manual,
        [
            ("chenjing", "暂停申请 云帆", "要暂停哪些服务"),
            ("chenjing", "空调", "请写出合同名称"),
        ],
    )
    await pay(manual)
    await verify_talk(
        manual, [("clock", "2026-03-31 09:01", "@chenjing 已取消：通知书所列款项 | @linfang !已取消")]
    )
    assert await suspension_state(manual) is State.CANCELLED
