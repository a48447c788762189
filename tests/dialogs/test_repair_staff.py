"""Repairs as staff see them: rights, cards, targets, paid work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.cases.repair import REPAIR
from models.clock import at_local
from models.fees.bill import ServiceCharge
from models.messages.outbox import OutboxMessage
from tests.fakes.full_park import hear_all
from tests.fakes.world import START, World, verify_talk


async def test_at_night_only_those_on_shift_are_disturbed(world: World) -> None:
    await world.advance(at_local(START.date(), 23, 30))
    await world.say("lina", "报修 灯不亮")
    assert [len(world.phone(who)) for who in ("wangqiang", "zhoumin")] == [1, 0]
    await world.advance(at_local(START.date() + timedelta(days=1), 8, 29))
    assert world.phone("zhoumin") == []
    await world.advance(at_local(START.date() + timedelta(days=1), 8, 31))
    assert "新报修 R01" in world.phone("zhoumin")[0].text


async def test_who_may_do_what(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "报修 灯不亮", "R01"),
            ("chenjing", "接单 R01", "没有这项权限"),
            ("wangqiang", "派单 R01 赵磊", "没有这项权限"),
            ("zhoumin", "接单 R01", "没有这项权限"),
            ("zhoumin", "派单 R01 陈静", "陈静没有处理报修的权限"),
            ("zhoumin", "派单 R01 张三", "没有找到员工“张三” | 王强、赵磊"),
            ("zhoumin", "派单 R99 王强", "没有找到单号 R99"),
            ("zhoumin", "派单 R01", "派给谁"),
            ("zhoumin", "[王强]", "R01 已派给王强"),
            ("zhaolei", "接单 R01", "R01 现在是“已派单” | 没有需要您操作的步骤"),
            ("wangqiang", "到场 R01", "您可以：接单 R01、退单 R01"),
            ("wangqiang", "接单", "已接单 R01"),
            ("zhaolei", "完工 R01 换灯", "这一步由负责的师傅或派单员操作"),
            ("wangqiang", "到场 r1", "已到场 R01"),
            ("wangqiang", "待料 07 缺灯管", "没有找到单号 07"),
            ("wangqiang", "待料 R1 缺灯管", "待料 R01 | @lina 需要等配件（缺灯管）"),
            ("lina", "进度", "待料 缺灯管"),
            ("zhoumin", "改派 R01 赵磊", "R01 已派给赵磊 | @wangqiang 已改派给赵磊，您不用再处理"),
            ("zhaolei", "退单 R01", "请写退单原因"),
            ("zhaolei", "没有梯子", "R01 已退单，正在重新派单 | @lina 正在重新安排师傅"),
            ("lina", "进度", "待派单 | 退单 | !没有梯子"),
            ("zhoumin", "撤单 R01 重复", "R01 已撤单 | @lina R01 已撤销（重复）"),
            ("lina", "进度", "没有处理中的报修"),
        ],
    )


async def test_two_taps_are_one_deed(world: World) -> None:
    await world.say("lina", "报修 灯不亮")
    card = world.phone("wangqiang")[0]
    key = card.buttons["派给我"]
    await world.press_key("wangqiang", key, card)
    assert world.phone("zhaolei")[0].state == "王强已领单"
    await world.press_key("wangqiang", key, card)
    await world.press_key("zhaolei", key, world.phone("zhaolei")[0])
    assert "这张卡片已经处理过" in world.new("wangqiang")[-1]
    assert "这张卡片已经处理过" in world.new("zhaolei")[-1]
    await verify_talk(world, [("lina", "报修 灯不亮", "刚才已登记为 R01"), ("lina", "进度", "王强 领单")])


async def test_a_card_of_another_member_is_refused(world: World) -> None:
    await world.say("lina", "报修 灯不亮")
    await world.press_key("zhaolei", "assign:1:zhaolei", world.phone("zhoumin")[0])
    assert "不是发给您的" in world.new("zhaolei")[-1]
    await world.press_key("chenjing", "take:1")
    assert "没有这项权限" in world.new("chenjing")[-1]


@pytest.mark.parametrize("rest", ["", " 😭", " R99 王强", " 1 " + "长" * 4000])
async def test_whatever_staff_write_after_a_word_has_exactly_one_answer(world: World, rest: str) -> None:
    words = [move.word for move in REPAIR.moves if move.for_staff] + ["进度", "代报", "待办"]
    for who in ("wangqiang", "linfang"):
        heard = await hear_all(world, who, [word + rest for word in words])
        assert [(each.what, len(each.answers)) for each in heard] == [(word + rest, 1) for word in words]
    await world.engine.settle()
    async with world.db.read() as session:
        replies = await session.scalar(_REPLIES)
    assert replies == 2 * len(words), "nobody else is answered"


_REPLIES = select(func.count()).where(OutboxMessage.dedupe_key.contains(":reply:"))


async def test_without_a_number_the_only_case_is_meant(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "报修 灯不亮", "R01"),
            ("lina", "报修 窗户坏了", "R02"),
            ("wangqiang", "领单", "请写明单号，例如：领单 R01。可选：R01 电气、R02 门窗"),
            ("wangqiang", "接单 R02", "已接单 R02"),
            ("wangqiang", "到场", "已到场 R02"),
            ("wangqiang", "<photo>", "照片已存入 R02"),
            ("wangqiang", "领单", "已接单 R01"),
            ("wangqiang", "<photo>", "属于哪一单"),
            ("wangqiang", "[R01 电气]", "照片已存入 R01"),
            ("wangqiang", "完工 R02", "请用一句话写处理结果"),
            ("wangqiang", "换铰链", "R02 已完工，已请租户签认 | !请拍"),
        ],
    )


async def test_a_paid_repair_goes_on_the_bill_of_the_month(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "报修 玻璃碎了", "R01"),
            ("wangqiang", "领单", "已接单"),
            ("wangqiang", "报价 R01", "请写明金额，例如：报价 R01 200 更换压缩机"),
            ("wangqiang", "报价 R01 三百 换玻璃", "没看懂金额"),
            ("wangqiang", "报价 R01 300 换玻璃", "R01 已报价 | @lina 报价 300.00 元（换玻璃）"),
            ("lina", "[不同意]", "不会收费 | @wangqiang 租户已不同意 R01"),
            ("wangqiang", "报价 R01 260.50 换玻璃", "@lina 报价 260.50 元"),
            ("lina", "同意延期付款", "请写明单号"),
            ("lina", "[同意]", "已同意 R01 报价 260.50 元 | @wangqiang 租户已同意 R01"),
            ("wangqiang", "完工 R01 换好玻璃", "R01 已完工"),
        ],
    )
    async with world.db.read() as session:
        charge = (await session.scalars(select(ServiceCharge))).one()
    assert (charge.month, charge.amount_fen, charge.name) == ("2026-03", 26050, "有偿维修 R01 换玻璃")


async def test_the_desk_enters_what_a_tenant_calls_about(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "进度", "没有处理中的报修"),
            ("zhoumin", "代报", "代报 A-1203 空调不冷"),
            ("zhoumin", "代报 X-9999 空调不冷", "没有找到单元 X-9999"),
            ("zhoumin", "代报 A-1204 空调不冷", "A-1204 目前没有在租的租户"),
            (
                "zhoumin",
                "代报 a1203 空调不冷",
                "已为云帆设计有限公司（李娜）登记 R01 空调 | @lina 已为您登记报修 R01",
            ),
            ("lina", "进度", "周敏 登记"),
            ("zhoumin", "代报 C-0101 马桶堵了", "登记 R02 给排水"),
            ("wangqiang", "领单 R02", "C-0101 | 吴老板 138****0005"),
            ("wangqiang", "完工 R02 已疏通", "R02 已完工"),
        ],
    )
    assert [entry.text for entry in world.phone("13800010005")] == ["case_new R02", "case_done R02"]


async def test_missed_targets_are_told_first_to_the_desk_then_to_its_head(world: World) -> None:
    await world.say("lina", "报修 灯不亮")
    await world.advance(START + timedelta(minutes=29, seconds=59))
    assert not any("超时" in entry.text for entry in world.phone("zhoumin"))
    await world.advance(START + timedelta(minutes=30, seconds=1))
    assert [entry.text for entry in world.phone("zhoumin") if "【超时提醒】R01" in entry.text]
    assert "【超时】R01" in (await world.say("zhoumin", "待办"))[-1]
    await world.advance(START + timedelta(minutes=151))
    assert [entry.text for entry in world.phone("linfang") if "【超时升级】R01" in entry.text]
    assert sum("超时提醒" in entry.text for entry in world.phone("zhoumin")) == 1


async def test_what_nobody_answers_is_closed_after_two_days(world: World) -> None:
    world.only("cases.close_unanswered")
    await world.say("lina", "报修 灯不亮")
    await world.say("wangqiang", "领单")
    await world.say("wangqiang", "完工 换灯管")
    await world.advance(START + timedelta(hours=49))
    assert "已关闭" in (await world.say("lina", "进度 R01"))[-1]
    await verify_talk(world, [("lina", "评价 R01 5", "已评 5 分"), ("lina", "重开 R01", "已重新安排")])
