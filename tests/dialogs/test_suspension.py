"""A suspension is asked for with papers and approved by two; every refusal on the way, and the modes."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.config import load
from models.database import Database
from models.errors import ConfigError
from models.notices.notice import Notice
from models.people.staff import Staff
from models.suspension.machine import State
from tests.fakes.debt import (
    AGREE,
    APPLY,
    CONFIG,
    MANUAL,
    OPTIONAL,
    letters_out,
    newest_suspension,
    served_world,
    suspension_state,
)
from tests.fakes.world import World, verify_talk


async def handed_in(world: World) -> None:
    """A chapter: the application is handed in. Who asks, and one who agrees, have a second role that may agree."""
    roles = {"linfang": ["客服经理", "项目经理"], "chenjing": ["财务主管", "客服经理"]}
    async with world.db.begin() as session:
        for userid, several in roles.items():
            await session.execute(update(Staff).where(Staff.userid == userid).values(roles=several))
    await verify_talk(world, APPLY)


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
    await owing.begins_with(letters_out)
    await verify_talk(
        owing,
        [
            ("lina", "签收 ZT-202601-0001", "已签收暂停服务通知书"),
            ("chenjing", "暂停申请 云帆", "没有纸质通知书的送达凭据 | 电子送达不算"),
        ],
    )


async def test_days_are_counted_from_the_day_after_the_paper_came(owing: World) -> None:
    await owing.begins_with(letters_out)
    await verify_talk(
        owing,
        [
            ("zhoumin", "<photo>", ""),
            ("zhoumin", "送达 ZT-202601-0001 李娜 负责人", "上门签收：李娜 | 照片 1 张"),
            ("chenjing", "暂停申请 云帆", "未满 7 个整日，3月31日起"),
            ("leap", "2026-03-30 23:00", ""),
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
    assert await suspension_state(manual) is State.CANCELLED


async def test_two_different_people_have_to_agree(manual: World) -> None:
    await manual.begins_with(handed_in)
    await verify_talk(
        manual,
        [
            ("linfang", "待办", "ZS-202603-001 云帆设计有限公司 暂停空调、供电：待您批准"),
            ("linfang", "[同意暂停]", "已一人批准"),
            ("linfang", "[同意暂停]", "您已经批准过"),
            ("linfang", "待办", "!待您批准"),
            ("zhengwei", "待办", "待您批准"),
        ],
    )
    assert await suspension_state(manual) is State.ENDORSED
    assert not any("待执行" in entry.text for entry in manual.phone("wangqiang"))
    await verify_talk(manual, [("zhengwei", "[同意暂停]", "已批准待执行 | @wangqiang 两位已批准")])


async def test_who_asks_may_not_agree(manual: World) -> None:
    await manual.begins_with(handed_in)
    await verify_talk(manual, [("chenjing", "[同意暂停]", "申请人不能批准自己的申请")])
    assert await suspension_state(manual) is State.SUBMITTED


async def test_one_no_is_enough_and_needs_a_reason(manual: World) -> None:
    await manual.begins_with(handed_in)
    await verify_talk(
        manual,
        [
            ("zhengwei", "[不同意]", "请写明不同意的原因"),
            ("zhengwei", "先发律师函", "未批准 | @chenjing 先发律师函"),
        ],
    )
    assert await suspension_state(manual) is State.REJECTED
    await manual.press_key("linfang", f"suspend_ok:{(await newest_suspension(manual)).id}")
    assert "现在是“未批准”" in manual.new("linfang")[-1]


async def test_wrong_roles_get_nowhere(manual: World) -> None:
    await manual.begins_with(handed_in)
    await verify_talk(manual, AGREE)
    number = (await newest_suspension(manual)).id
    for person in ("sunli", "zhoumin", "heting"):
        for key in ("suspend_ok", "suspend_no", "suspend_done", "suspend_unfit", "restore_done"):
            await manual.press_key(person, f"{key}:{number}")
            assert "没有这项权限" in manual.new(person)[-1], (person, key)
    assert await suspension_state(manual) is State.APPROVED


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
