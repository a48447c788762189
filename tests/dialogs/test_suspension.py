"""The manual's last step inside the law: asked for with papers, approved by two, carried out, undone; or refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.config import load
from models.database import Database
from models.errors import ConfigError
from models.messages.outbox import OutboxMessage
from models.notices.notice import Notice
from models.people.staff import Staff
from models.people.tenant import Tenancy
from models.suspension.machine import State
from models.suspension.suspension import Suspension
from tests.fakes.debt import APPLY, CONFIG, MANUAL, OPTIONAL, debt_world, serve_paper, served_world
from tests.fakes.world import World, verify_talk

LAW = "民法典第944条"
TO_APPROVED = [
    ("lina", "账单", "60,000.00"),
    *APPLY,
    ("linfang", "[同意暂停]", f"{LAW} | 已一人批准"),
    ("zhengwei", "[同意暂停]", f"{LAW} | 已批准待执行"),
]
TO_EXECUTED = [
    *TO_APPROVED,
    ("wangqiang", "[已执行]", f"{LAW} | 现场的照片"),
    ("wangqiang", "<photo>", "已登记执行 | @lina 以下服务已暂停：空调、供电 | @linfang 已暂停，已告知租户"),
]


@pytest.fixture
async def manual(db: Database, tmp_path: Path) -> AsyncIterator[World]:
    """31 March: the paper has been there for seven full days."""
    async with served_world(db, tmp_path / "files", MANUAL) as world:
        yield world


@pytest.fixture
async def owing(db: Database, tmp_path: Path) -> AsyncIterator[World]:
    """16 March: the letters are still to come."""
    async with debt_world(db, tmp_path / "files", MANUAL) as world:
        yield world


async def stand(world: World) -> Suspension:
    async with world.db.read() as session:
        return (await session.scalars(select(Suspension).order_by(Suspension.id.desc()))).first()


async def pay(world: World, yuan: str = "60000") -> None:
    await verify_talk(
        world, [("sunli", f"收款 云帆 {yuan} 转账", "确认收款"), ("sunli", "[确认收款]", "已入账")]
    )


async def test_from_the_paper_letter_to_the_restored_service(manual: World) -> None:
    await verify_talk(manual, TO_EXECUTED)
    assert (await stand(manual)).state is State.EXECUTED
    await pay(manual)
    await verify_talk(
        manual,
        [
            ("clock", "2026-03-31 09:01", "@wangqiang 请恢复服务 | @zhengwei 待恢复：通知书所列款项已付清"),
            ("wangqiang", "[已恢复]", "已恢复，租户已告知 | @lina 现已恢复"),
        ],
    )
    assert (await stand(manual)).state is State.RESTORED


async def test_nothing_can_be_asked_for_where_the_mode_is_off(world: World) -> None:
    await verify_talk(
        world,
        [
            ("chenjing", "暂停申请 云帆", "suspension.mode 为 off | 欠费法律告知函 | !暂停哪些服务"),
            ("chenjing", "暂停申请", "没有启用暂停服务"),
            ("zhoumin", "暂停申请 云帆", "没有这项权限"),
            ("linfang", "暂停申请 云帆", "没有这项权限"),
        ],
    )


async def test_the_paper_has_to_reach_the_tenant_and_seven_full_days_have_to_pass(owing: World) -> None:
    await verify_talk(
        owing,
        [
            ("chenjing", "暂停申请 云帆", "还没有收到《暂停服务通知书》"),
            ("clock", "2026-03-22 12:00", ""),
            ("lina", "账单", "60,000.00"),
            (
                "clock",
                "2026-03-23 10:30",
                "@zhoumin 【纸质送达】暂停服务通知书 | @lina 正式通知以书面送达为准",
            ),
            ("lina", "签收 ZT-202601-0001", "已签收暂停服务通知书"),
            ("chenjing", "暂停申请 云帆", "没有纸质通知书的送达凭据 | 电子送达不算"),
        ],
    )


async def test_days_are_counted_from_the_day_after_the_paper_came(owing: World) -> None:
    await serve_paper(owing)
    await verify_talk(
        owing,
        [
            ("chenjing", "暂停申请 云帆", "未满 7 个整日，3月31日起"),
            ("clock", "2026-03-30 23:00", ""),
            ("chenjing", "暂停申请 云帆", "未满 7 个整日"),
            ("clock", "2026-03-31 00:05", ""),
            ("chenjing", "暂停申请 云帆", "要暂停哪些服务"),
        ],
    )


async def test_each_paper_is_asked_for_and_a_danger_that_is_not_seen_to_stops_it(manual: World) -> None:
    await verify_talk(
        manual,
        [
            ("chenjing", "暂停申请 云帆", "要暂停哪些服务"),
            ("chenjing", "电梯", "不能暂停“电梯”"),
            ("chenjing", "空调", "请写出合同名称"),
            ("chenjing", "没有", "请写出合同名称"),
            ("chenjing", "物业服务合同 2025-031 第8条", "请拍下该条款"),
            ("chenjing", "稍后再拍", "还缺合同条款的照片"),
            ("chenjing", "<photo>", "服务器"),
            ("chenjing", "有一台服务器", "没有落实措施的，不能暂停服务"),
            ("chenjing", "取消", ""),
            ("chenjing", "暂停申请", "进行中 1 份 | 材料收集中"),
            ("chenjing", "暂停申请 云帆", "安全检查：服务器"),
            ("chenjing", "已落实 服务器已迁走", "冷藏"),
            ("chenjing", "无", "人员"),
            ("chenjing", "无", "材料齐全"),
            ("chenjing", "[放弃]", "已放弃"),
            ("linfang", "待办", "!暂停"),
        ],
    )
    assert (await stand(manual)).state is State.CANCELLED


async def test_two_different_people_have_to_agree(manual: World) -> None:
    async with manual.db.begin() as session:
        await session.execute(
            update(Staff).where(Staff.userid == "linfang").values(roles=["客服经理", "项目经理"])
        )
    await verify_talk(
        manual,
        [
            *APPLY,
            ("linfang", "待办", "ZS-202603-001 云帆设计有限公司 暂停空调、供电：待您批准"),
            ("linfang", "[同意暂停]", "已一人批准"),
            ("linfang", "[同意暂停]", "您已经批准过"),
            ("linfang", "待办", "!待您批准"),
            ("zhengwei", "待办", "待您批准"),
        ],
    )
    assert (await stand(manual)).state is State.ENDORSED
    assert not any("待执行" in entry.text for entry in manual.phone("wangqiang"))
    await verify_talk(manual, [("zhengwei", "[同意暂停]", "已批准待执行 | @wangqiang 两位已批准")])


async def test_who_asks_may_not_agree(manual: World) -> None:
    async with manual.db.begin() as session:
        await session.execute(
            update(Staff).where(Staff.userid == "chenjing").values(roles=["财务主管", "客服经理"])
        )
    await verify_talk(manual, [*APPLY, ("chenjing", "[同意暂停]", "申请人不能批准自己的申请")])
    assert (await stand(manual)).state is State.SUBMITTED


async def test_one_no_is_enough_and_needs_a_reason(manual: World) -> None:
    await verify_talk(
        manual,
        [
            *APPLY,
            ("zhengwei", "[不同意]", "请写明不同意的原因"),
            ("zhengwei", "先发律师函", "未批准 | @chenjing 先发律师函"),
        ],
    )
    assert (await stand(manual)).state is State.REJECTED
    await manual.press_key("linfang", f"suspend_ok:{(await stand(manual)).id}")
    assert "现在是“未批准”" in manual.new("linfang")[-1]


async def test_wrong_roles_get_nowhere(manual: World) -> None:
    await verify_talk(manual, TO_APPROVED)
    number = (await stand(manual)).id
    for person in ("sunli", "zhoumin", "heting"):
        for key in ("suspend_ok", "suspend_no", "suspend_done", "suspend_unfit", "restore_done"):
            await manual.press_key(person, f"{key}:{number}")
            assert "没有这项权限" in manual.new(person)[-1], (person, key)
    assert (await stand(manual)).state is State.APPROVED


async def test_an_approval_lapses_after_72_hours(manual: World) -> None:
    await verify_talk(
        manual,
        [
            *TO_APPROVED,
            ("clock", "2026-04-03 08:59", ""),
            (
                "clock",
                "2026-04-03 09:00",
                "@wangqiang 已过期 | @wangqiang 请勿执行 | @linfang 72 小时内未执行",
            ),
        ],
    )
    assert (await stand(manual)).state is State.EXPIRED
    await manual.press_key("wangqiang", f"suspend_done:{(await stand(manual)).id}")
    assert "现在是“已过期”，不能执行" in manual.new("wangqiang")[-1]


async def test_an_approval_does_not_survive_a_machine_that_was_off(manual: World) -> None:
    """The clock jumps without anything running: whoever taps then is refused by the facts, not by a job."""
    await verify_talk(manual, [*TO_APPROVED, ("wangqiang", "[已执行]", "现场的照片")])
    async with manual.db.begin() as session:
        found = (await session.scalars(select(Suspension))).one()
        found.expires_at = manual.clock.now()
    await verify_talk(manual, [("wangqiang", "<photo>", "已过期 | !已登记执行")])
    assert (await stand(manual)).state is State.EXPIRED


async def test_payment_between_approval_and_execution_stops_it(manual: World) -> None:
    await verify_talk(manual, [*TO_APPROVED, ("wangqiang", "[已执行]", "现场的照片")])
    await pay(manual)
    await verify_talk(
        manual, [("wangqiang", "<photo>", "已取消：通知书所列款项已付清 | @linfang 已付清 | !已登记执行")]
    )
    assert (await stand(manual)).state is State.CANCELLED
    assert not any("已暂停" in entry.text for entry in manual.phone("lina"))


async def test_a_part_payment_does_not_stop_it(manual: World) -> None:
    await verify_talk(manual, TO_APPROVED)
    await pay(manual, "100")
    await verify_talk(manual, [("clock", "2026-03-31 09:05", "")])
    assert (await stand(manual)).state is State.APPROVED


@pytest.mark.parametrize(
    ("said", "why"), [("异议 电费读数有误", "异议 Y01 尚未了结"), ("承诺 4月3日", "承诺 N01 尚未了结")]
)
async def test_a_dispute_or_a_promise_cancels_what_is_approved(manual: World, said: str, why: str) -> None:
    await verify_talk(
        manual,
        [
            *TO_APPROVED,
            ("lina", said, "已记下"),
            ("clock", "2026-03-31 09:01", f"@wangqiang {why} | @wangqiang 请勿执行"),
        ],
    )
    assert (await stand(manual)).state is State.CANCELLED


async def test_a_dispute_after_the_fact_has_the_service_restored(manual: World) -> None:
    await verify_talk(
        manual,
        [
            *TO_EXECUTED,
            ("lina", "异议 金额不对", "已记下"),
            ("chenjing", "待办", "Y01 云帆设计有限公司 异议：金额不对"),
            ("clock", "2026-03-31 09:01", "@wangqiang 请恢复服务"),
            ("wangqiang", "待办", "待恢复，03-31 13:01 前完成"),
            ("clock", "2026-03-31 13:02", "@linfang 恢复已超过 4 小时未完成"),
            ("clock", "2026-03-31 20:00", "@linfang !恢复已超过"),
        ],
    )


async def test_a_change_of_tenant_ends_it_for_debts_follow_the_debtor(manual: World) -> None:
    await verify_talk(manual, TO_APPROVED)
    async with manual.db.begin() as session:
        units = (await stand(manual)).unit_ids
        await session.execute(
            update(Tenancy).where(Tenancy.unit_id.in_(units)).values(end_on=manual.clock.now().date())
        )
    await verify_talk(manual, [("clock", "2026-04-01 08:31", "@linfang A-1203 已不再由该租户使用")])
    assert (await stand(manual)).state is State.CANCELLED


async def test_the_site_may_say_no(manual: World) -> None:
    await verify_talk(
        manual,
        [
            *TO_APPROVED,
            ("zhaolei", "[现场不宜]", "现场有什么情况"),
            ("zhaolei", "机柜还在运行", "已取消 | @linfang 现场不宜执行：机柜还在运行"),
        ],
    )
    assert (await stand(manual)).state is State.CANCELLED


async def test_without_a_photo_nothing_is_recorded_as_done(manual: World) -> None:
    await verify_talk(
        manual,
        [
            *TO_APPROVED,
            ("wangqiang", "[已执行]", "现场的照片"),
            ("wangqiang", "关了", "请先发一张现场照片"),
            ("wangqiang", "<photo>", "已登记执行"),
        ],
    )


async def test_staff_take_it_back_or_have_it_restored(manual: World) -> None:
    await verify_talk(
        manual,
        [
            ("chenjing", "恢复服务 云帆 已协商", "没有被暂停的服务"),
            *APPLY,
            ("chenjing", "暂停撤回 ZS-202603-001", "请写明编号和原因"),
            ("chenjing", "暂停撤回 ZS-202603-001 已协商", "已撤回"),
            *TO_EXECUTED,
            ("zhengwei", "暂停撤回 ZS-202603-002 改主意", "不能撤回"),
            ("zhengwei", "恢复服务 云帆 已签还款协议", "已派工程部恢复 | @wangqiang 已签还款协议"),
        ],
    )


async def test_every_card_of_the_step_begins_with_the_law(manual: World) -> None:
    await verify_talk(manual, TO_EXECUTED)
    async with manual.db.read() as session:
        rows = await session.scalars(select(OutboxMessage.content))
        cards = [row for row in rows if "suspend_" in str(row.get("buttons", ""))]
    assert len(cards) >= 4
    assert all(LAW in card["text"] for card in cards)


async def test_optional_services_never_touch_a_utility(db: Database, tmp_path: Path) -> None:
    async with served_world(db, tmp_path / "files", OPTIONAL) as world:
        await verify_talk(
            world,
            [
                ("chenjing", "暂停申请 云帆", "加班空调、会议室预订、商务服务、车位续租 | !供电"),
                ("chenjing", "供电", "不能暂停“供电”"),
                ("chenjing", "加班空调", "合同条款"),
            ],
        )


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"GUANJIA_SUSPENSION__MODE": "manual"}, "legal_basis"),
        ({**MANUAL, "GUANJIA_SUSPENSION__LEGAL_BASIS": "  "}, "legal_basis"),
        ({"GUANJIA_SUSPENSION__MODE": "always"}, "suspension.mode"),
    ],
)
def test_a_mode_without_its_ground_does_not_start(environment: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        load(CONFIG, environment)


async def test_the_letter_exists_only_where_the_mode_allows_it(world: World) -> None:
    await world.advance(world.clock.now())
    async with world.db.read() as session:
        assert not [each for each in await session.scalars(select(Notice)) if "暂停" in each.kind]
