"""保单, 续保, 新保单 in chat."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.messages.media import Media
from models.people.staff import Staff
from models.policies.policy import Policy
from models.policies.renewal import PolicyRenewal, RenewalState
from tests.fakes.full_park import hear_all
from tests.fakes.policies import PROPERTY, add_policies
from tests.fakes.world import World, verify_talk


async def three_policies(world: World) -> None:
    """A chapter: three policies and somebody in 行政人事部."""
    world.only("policies.renewals")
    await add_policies(world.db, world.core.rules)
    async with world.db.begin() as session:
        session.add(Staff(userid="fanwen", name="范文", department="行政人事部", roles=["行政人事"]))


@pytest.fixture
async def insured(world: World) -> World:
    await world.begins_with(three_policies)
    return world


async def _renewal(world: World) -> PolicyRenewal:
    async with world.db.read() as session:
        return (await session.scalars(select(PolicyRenewal).order_by(PolicyRenewal.id.desc()))).first()  # type: ignore[return-value]


async def test_a_technician_finds_hotline_and_number_at_night(insured: World) -> None:
    await verify_talk(
        insured,
        [
            ("clock", "2026-03-17 02:10", ""),
            ("wangqiang", "保单", "3 份在保 | 财产一切险 CY2025-0701-01 | 报案 0571-8800 5500 | 至 2026-06-30"),
            ("wangqiang", "保单 机器", "机器损坏险 | JS2025-1001-03 | 10 小时内 | 以保险公司答复为准"),
            ("wangqiang", "保单 公众", "公众责任险 | 许经理 0571-8800 5501 | 10,000,000.00 | 人身伤亡无免赔"),
            ("wangqiang", "保单 财产", "财产一切险 | 80,000,000.00"),
            ("wangqiang", "保单 玻璃", "可能不赔 | 报案电话 0571-8800 5500 | 或损失金额的 10%"),
            ("wangqiang", "保单 公共财产", "主责 客户服务部 | CY2025-0701-01 | !GZ2025 | 免赔：每次 2,000.00 元"),
            ("wangqiang", "保单 第三者责任", "GZ2025-0701-02 | 以保险公司答复为准 | !CY2025"),
            ("wangqiang", "保单 现金", "没有登记可以问的保单"),
            ("wangqiang", "保单 ABC", "没有找到保单“ABC”"),
        ],
    )  # fmt: skip


async def test_without_policies_the_way_to_enter_them_is_told(world: World) -> None:
    await verify_talk(world, [("linfang", "保单", "导入表的“保单”一页")])


async def test_a_renewal_goes_through_three_departments(insured: World) -> None:
    await insured.show("linfang")
    await verify_talk(
        insured,
        [
            ("linfang", "续保 财产一切险 36000 2027-06-30 条件不变", 
             "已提交 | 36,000.00 元 | 附件 1 份 | @fanwen 保险续保待复核"),
            ("linfang", "续保 财产一切险 36000 2027-06-30", "已有续保申请（待行政人事部复核）"),
            ("linfang", f"新保单 {PROPERTY} CY2026-0701-01", "批准后才能登记"),
            ("linfang", "续保", "待行政人事部复核 | 保费 36,000.00 元"),
            ("fanwen", "[复核通过]", "已请总办批准 | @zhengwei 保险续保待批准 | @zhengwei 合同复核：范文"),
            ("zhengwei", "[批准]", "已批准 | @linfang 新保单 CY2025-0701-01"),
            ("linfang", f"新保单 {PROPERTY} CY2026-0701-01", "2026-07-01 至 2027-06-30 | 0571-8800 5500"),
            ("linfang", "保单", "4 份在保 | 2026-07-01 起"),
            ("linfang", f"新保单 {PROPERTY} CY2026-0701-02", "还没有提交"),
        ],
    )  # fmt: skip
    renewal = await _renewal(insured)
    assert (renewal.state, renewal.checked_by, renewal.approved_by) == (
        "done",
        "staff:fanwen",
        "staff:zhengwei",
    )
    assert any(entry.kind == "image" for entry in insured.phone("zhengwei"))
    async with insured.db.read() as session:
        assert (await session.scalars(select(Media.subject))).one() == renewal.subject
        fresh = (await session.scalars(select(Policy).where(Policy.number == "CY2026-0701-01"))).one()
        assert fresh.sum_fen == 8_000_000_000
        assert fresh.losses == ["水浸", "玻璃自爆", "火灾", "盗抢", "自然灾害", "其他损失"]


async def test_an_offer_comes_back_with_a_reason_and_may_be_made_again(insured: World) -> None:
    await verify_talk(
        insured,
        [
            ("linfang", "续保 责任 9000 2027-06-30", "已提交"),
            ("fanwen", "[退回]", "请写明原因"),
            ("fanwen", "限额低于上年", "已退回 | @linfang 被范文退回：限额低于上年"),
            ("zhengwei", "续保", "没有在办的续保"),
            ("linfang", "续保 责任 9500 2027-06-30 限额同上年", "已提交"),
            ("fanwen", "[复核通过]", "已复核"),
            ("zhengwei", "[退回]", "请写明原因"),
            ("zhengwei", "再比一家", "已退回 | @linfang 再比一家"),
        ],
    )
    assert (await _renewal(insured)).state is RenewalState.RETURNED


async def test_who_offers_does_not_approve_and_who_may_not_is_told_so(insured: World) -> None:
    async with insured.db.begin() as session:
        everybody = await session.scalars(select(Staff).where(Staff.userid == "zhengwei"))
        everybody.one().roles = ["项目经理", "客服经理"]
    await verify_talk(
        insured,
        [
            ("zhengwei", "续保 机器 8000 2027-09-30", "已提交"),
            ("fanwen", "[复核通过]", "已请总办批准"),
            ("zhengwei", "[批准]", "提交人不能批准自己的"),
            ("wangqiang", "续保 机器 8000 2027-09-30", "没有这项权限"),
            ("fanwen", "续保 机器 8000 2027-09-30", "续保由客户服务部提交"),
            ("fanwen", "新保单 A B", "没有这项权限"),
        ],
    )


SLIPS = {
    "续保 财产一切险": "请这样发",
    "续保 财产一切险 多少 2027-06-30": "没看懂金额",
    "续保 财产一切险 36000 某天": "没看懂日期",
    "续保 财产一切险 36000 2026-06-01": "应晚于",
    "续保 火星 36000 2027-06-30": "没有找到保单",
    "新保单": "请这样发",
    "续保": "没有在办的续保",
}


async def test_a_slip_is_answered_with_what_to_send(insured: World) -> None:
    for said in await hear_all(insured, "linfang", list(SLIPS)):
        assert SLIPS[said.what] in said.text, said.what


async def test_the_reminder_comes_by_itself_in_office_hours(insured: World) -> None:
    await verify_talk(
        insured,
        [
            ("leap", "2026-04-29 12:00", ""),
            ("clock", "2026-05-01 09:00", "@linfang !续保提醒"),
            ("clock", "2026-05-01 09:30", "@linfang CY2025-0701-01 | @linfang 还有 60 天到期"),
            ("linfang", "保单", "还有 60 天，未续保"),
            ("linfang", "续保 财产一切险 36000 2027-06-30", "已提交"),
            ("leap", "2026-05-30 12:00", ""),
            (
                "clock",
                "2026-05-31 09:30",
                "@linfang 续保申请待行政人事部复核 | @fanwen 续保申请待行政人事部复核",
            ),
        ],
    )
