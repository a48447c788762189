"""A wrong bill in chat: asked for, approved, put right, explained; reminders that go up when nobody heeds them."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select, update

from models.calendar.working_days import Calendar
from models.clock import at_local, local_date
from models.fees.account import books_balance
from models.messages.outbox import OutboxMessage
from models.people.staff import Staff
from scheduler.calendar_year import next_year, weekly_from
from scheduler.registry import JobCtx
from tests.fakes.march import issue, quiet_until_24_march
from tests.fakes.world import World, verify_talk

MARCH = "抄表 A-1203 电 15340\nA-1203 水 112\nB-0305 电 15010\nB-0305 水 130\nB-0306 电 15100\nB-0306 水 105\n" \
    "C-0101 电 15500\nC-0101 水 120"  # fmt: skip
APRIL = "抄表 A-1203 电 15740\nA-1203 水 126\nB-0305 电 15020\nB-0305 水 160\nB-0306 电 15200\nB-0306 水 111\n" \
    "C-0101 电 16000\nC-0101 水 142"  # fmt: skip

ASKED = ("remind.charges", "remind.meters", "remind.bills")
TOLD_UP = ("escalate.charges", "escalate.meters", "escalate.bills")


async def _on(world: World, month: int, day: int, hour: int = 10) -> None:
    start = local_date(world.clock.now())
    await world.advance(at_local(start.replace(month=month, day=day), hour))


async def march_issued(world: World) -> None:
    """Let units only: nobody reads the empty one."""
    await world.begins_with(quiet_until_24_march)
    await verify_talk(world, [("liuyan", MARCH, "已记 8 条"), *issue()])


async def april_due(world: World) -> None:
    """A month later the next readings are waited for; what else those days bring is told in the three months."""
    await world.begins_with(march_issued)
    await world.leap(at_local(date(2026, 4, 24), 9))
    await _on(world, 4, 24)


async def test_a_wrong_bill_is_put_right_in_chat(world: World) -> None:
    await world.begins_with(march_issued)
    await world.say("lina", "账单")
    await verify_talk(
        world,
        [
            ("chenjing", "冲销 ZD-202603-0001", "请写成 | 我方、读数、合同、其他"),
            ("heting", "冲销 ZD-202603-0001 读数 抄错", "没有这项权限"),
            (
                "chenjing",
                "冲销 ZD-202603-0001 读数 电表抄错一位",
                "已请项目经理批准 | @zhengwei 申请冲销 ZD-202603-0001 | @zhengwei 电表抄错一位 | @zhengwei 陈静",
            ),
            ("zhengwei", "[驳回]", "请写明不同意"),
            ("zhengwei", "请先核对现场照片", "已驳回 | @chenjing 请先核对现场照片"),
            ("chenjing", "冲销 0001 读数 照片已核对，确实抄错", "已请项目经理批准"),
            ("zhengwei", "[批准]", "已冲销（CX-202603-0001） | @chenjing 补账 2026-03"),
            ("lina", "账单", "没有未付账单"),
            ("liuyan", "抄表 A-1203 电 15240", "已记 1 条"),
            ("chenjing", "补账 3月", "2026年3月补账：1 家租户，3 项，合计 1,300.00 | 已请财务复核"),
            ("chenjing", "[复核]", "已复核"),
            ("zhengwei", "[批准]", "已批准"),
            ("lina", "账单", "1,300.00"),
            ("chenjing", "补账 3月", "没有需要补出的费用"),
        ],
    )
    await _on(world, 3, 24, 13)  # two letters to one tenant keep an hour apart
    letters = [entry.text for entry in world.phone("lina") if "更正账单" in entry.text]
    assert any("JF-202603-0001" in text and "ZD-202603-0001" in text and "已作废" in text for text in letters)
    async with world.db.read() as session:
        assert await books_balance(session) == []


async def test_the_tenant_hears_why_it_is_more_than_last_month(world: World) -> None:
    await world.begins_with(april_due)
    await verify_talk(world, [("liuyan", APRIL, "已记 8 条"), *issue()])
    await world.say("lina", "账单")
    await verify_talk(
        world,
        [
            (
                "lina",
                "为什么比上月多？",
                "2026年4月账单 1,470.00 元，比2026年3月账单（1,400.00 元）多 70.00 元"
                " | 电费 A-1203：多 60.00 元（用量 340 → 400 度） | 水费 A-1203：多 10.00 元（用量 12 → 14 吨）",
            ),
            ("lina", "怎么多了", "多 70.00 元"),
            ("lina", "比上月多在哪", "多 70.00 元"),
            ("lina", "为什么 3月", "上月没有账单"),
            ("xiaoming", "为什么比上月多", "只对贵司登记的"),
        ],
    )


async def test_those_who_check_see_last_month_beside_this_one(world: World) -> None:
    await world.begins_with(april_due)
    await verify_talk(
        world,
        [
            ("liuyan", APRIL, "已记 8 条"),
            (
                "chenjing",
                "出账",
                "各项与上月相比 | 物业服务费：5,100.00 元（持平） | 电费： | 发送“差异 2026-04”",
            ),
            ("chenjing", "差异 4月", "云帆设计有限公司：1,400.00 → 1,470.00 元（+5%） | 3 家租户"),
            ("sunli", "差异", "没有这项权限"),
        ],
    )


async def test_what_nobody_heeds_goes_one_level_up(world: World) -> None:
    async with world.db.begin() as session:
        await session.execute(update(Staff).where(Staff.userid == "zhaolei").values(roles=["工程主管"]))
    world.only(*ASKED, *TOLD_UP)
    await _on(world, 3, 25)
    # 22 March is a Sunday, 23 March a Monday
    lead = [entry.text for entry in world.phone("linfang") if "请督办" in entry.text]
    engineer = [entry.text for entry in world.phone("zhaolei") if "请督办" in entry.text]
    assert len(lead) == len(engineer) == 1
    assert "有偿服务费还没有录入" in lead[0]
    assert "还缺 8 块表" in engineer[0]
    await _on(world, 3, 28)
    boss = [entry.text for entry in world.phone("zhengwei") if "请督办" in entry.text]
    assert ["2026年3月账单应于3月26日发出" in text for text in boss] == [True]


async def test_the_manager_is_told_each_week_that_next_years_holidays_are_missing(world: World) -> None:
    rules, calendar, year = world.core.rules, world.core.calendar, local_date(world.clock.now()).year
    days = [date(year, 11, 1) + timedelta(days=each) for each in range(61)]
    told_on = [day for day in days if weekly_from(day, rules, calendar)]
    assert (told_on[0], told_on[1], told_on[-1]) == (
        date(year, 11, 15),
        date(year, 11, 22),
        date(year, 12, 27),
    )
    for _ in range(2):
        now = at_local(told_on[0], 9, 19)
        said = await next_year(JobCtx(world.db, now, now, rules, calendar))
    assert "放假和调休安排还没有录入" in said
    async with world.db.read() as session:
        told = list(
            await session.scalars(
                select(OutboxMessage.recipient).where(OutboxMessage.dedupe_key.startswith("calendar:"))
            )
        )
    assert told == ["staff:zhengwei"]
    known = Calendar(entered_years=frozenset({year + 1}))
    assert "已有" in await next_year(JobCtx(world.db, now, now, rules, known))
