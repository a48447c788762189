"""Repairs, from chat to chat."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.cases.repair import REPAIR
from models.clock import at_local
from models.fees.bill import ServiceCharge
from models.messages.outbox import OutboxMessage
from tests.fakes.world import START, World, talk


async def test_a_repair_from_the_report_to_the_rating(world: World) -> None:
    await talk(
        world,
        [
            ("lina", "报修 3楼空调不冷了", "R01 | 空调 | 30 分钟 | 进度 R01 | @wangqiang 新报修 R01 空调"),
            ("lina", "<photo>", "照片已加到 R01"),
            ("wangqiang", "待办", "可领单 | R01 空调 3楼 | 09:30 前接单"),
            ("zhoumin", "[派给王强]", "R01 已派给王强 | @wangqiang 已派单 R01 空调 | @lina 已派给王强师傅"),
            ("lina", "进度", "已派单（王强） | 李娜 登记 | 周敏 派单 → 王强"),
            (
                "wangqiang",
                "[接单]",
                "已接单 R01 空调 | 云帆设计 | 李娜 138****0001 | @lina 王强师傅已接单 R01",
            ),
            ("wangqiang", "[到场]", "已到场 R01 | @lina 王强师傅已到现场"),
            ("wangqiang", "[完工]", "请用一句话写处理结果"),
            ("wangqiang", "更换电容", "R01 已完工 | 请拍一张完工照片 | @lina R01 已完工：更换电容"),
            ("wangqiang", "<photo>", "照片已存入 R01"),
            ("lina", "进度 1", "已完工，待签认 | 王强 完工 更换电容"),
            ("lina", "[签认]", "R01 已签认 | 打个分 | @wangqiang 李娜已签认"),
            ("lina", "[5 分 ★★★★★]", "R01 已评 5 分 | @wangqiang 李娜已评价 5 分"),
            ("wangqiang", "待办", "没有待办"),
        ],
    )


async def test_photos_before_with_and_after_the_sentence(world: World) -> None:
    await talk(
        world,
        [
            ("lina", "<photo>", "照片收到了 | 一句话说明"),
            ("lina", "<photo>", "照片收到了"),
            ("lina", "水龙头坏了", "已登记 R01 | 给排水 | A-1203 | 已附 2 张照片"),
            ("lina", "<photo>", "照片已加到 R01"),
            ("zhaolei", "领单 R01", "已接单 R01 | 照片：3 张"),
            ("lina", "<photo>", "照片已加到 R01"),
        ],
    )
    assert [entry.kind for entry in world.phone("zhaolei")][-1] == "image"


async def test_step_by_step_asks_for_the_unit_only_when_it_is_not_clear(world: World) -> None:
    await talk(
        world,
        [
            ("lina", "报修", "哪里坏了"),
            ("lina", "空调不冷", "已登记 R01 | A-1203"),
            ("zhaomin", "报修", "哪里坏了"),
            ("zhaomin", "插座没电", "哪个单元"),
            ("zhaomin", "<photo>", "照片收到了 | B-0305、B-0306"),
            ("zhaomin", "不知道", "请回复单元号"),
            ("zhaomin", "306", "请回复单元号"),
            ("zhaomin", "0306", "已登记 R02 | B-0306 | 已附 1 张照片"),
            ("zhaomin", "报修 B-0305 灯不亮", "已登记 R03 | B-0305"),
            ("zhaomin", "报修 窗户关不上", "哪个单元"),
            ("zhaomin", "[公共区域]", "已登记 R04 | 公共区域"),
            ("zhaomin", "报修 2楼走廊灯坏了", "已登记 R05 | 2楼走廊"),
        ],
    )


async def test_a_sentence_that_sounds_like_a_fault_is_filed_at_one_tap(world: World) -> None:
    await talk(
        world,
        [
            ("lina", "我们办公室的空调不制冷了😭", "需要为您登记报修吗"),
            ("lina", "[报修]", "已登记 R01（空调"),
            ("lina", "门锁坏了", "需要为您登记报修吗"),
            ("lina", "是的", "已登记 R02（门窗"),
            ("lina", "AC not cooling in A-1203", "需要为您登记报修吗"),
            ("lina", "不用", "好的"),
            ("lina", "电费单什么时候出", "没看懂"),
            ("lina", "进度", "R02 门窗 | R01 空调"),
        ],
    )
    first = next(entry for entry in world.phone("lina") if "报修" in entry.buttons)
    await world.press_key("lina", first.buttons["报修"])
    assert "已经过时" in world.new("lina")[-1]


async def test_an_emergency_says_what_to_do_and_calls_everybody_at_once(world: World) -> None:
    await world.advance(at_local(START.date(), 23, 30))
    await talk(
        world,
        [
            ("lina", "报修 漏水!!快来", "【紧急】R01 | 关闭入户水阀 | 0571-8800 1234"),
        ],
    )
    for who in ("wangqiang", "zhaolei", "zhoumin", "linfang"):
        assert "【紧急】新报修 R01 给排水" in world.phone(who)[-1].text
    assert world.phone("chenjing") == []


async def test_at_night_only_those_on_shift_are_disturbed(world: World) -> None:
    await world.advance(at_local(START.date(), 23, 30))
    await world.say("lina", "报修 灯不亮")
    assert [len(world.phone(who)) for who in ("wangqiang", "zhoumin")] == [1, 0]
    await world.advance(at_local(START.date() + timedelta(days=1), 8, 29))
    assert world.phone("zhoumin") == []
    await world.advance(at_local(START.date() + timedelta(days=1), 8, 31))
    assert "新报修 R01" in world.phone("zhoumin")[0].text


async def test_who_may_do_what(world: World) -> None:
    await talk(
        world,
        [
            ("lina", "报修 灯不亮", "R01"),
            ("chenjing", "接单 R01", "没有这项权限"),
            ("wangqiang", "派单 R01 赵磊", "没有这项权限"),
            ("zhoumin", "接单 R01", "没有这项权限"),
            ("zhoumin", "派单 R01 陈静", "陈静没有接维修单的权限"),
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


async def test_of_another_tenants_case_nothing_is_said(world: World) -> None:
    await world.say("lina", "报修 灯不亮")
    for words in ("进度 {}", "签认 {}", "取消 {}", "重开 {}", "评价 {} 5", "同意 {}"):
        others = await world.say("zhaomin", words.format("R01"))
        nobodys = await world.say("zhaomin", words.format("R77"))
        assert others == [nobodys[0].replace("R77", "R01")]
        assert len(others) == 1
    for key in (
        "confirm:1",
        "rate:1:5",
        "reopen:1",
        "agree:1",
        "refuse:1",
        "rate:1:9",
        "confirm:x",
        "confirm:99",
    ):
        await world.press_key("zhaomin", key)
        assert world.new("zhaomin") == ["没有找到这一单，可能已经失效，请核对后再试。"]
    assert "登记" in (await world.say("lina", "进度"))[0]


async def test_a_colleague_of_the_reporter_may_look_and_sign(world: World) -> None:
    await talk(
        world,
        [
            ("lina", "报修 灯不亮", "R01"),
            ("wangqiang", "领单", "已接单"),
            ("wangqiang", "完工 换了灯管", "请拍一张"),
            ("wangqiang", "没有手机", "照片可稍后补发"),
            ("xiaoming", "进度", "李娜 登记"),
            ("xiaoming", "签认", "R01 已签认"),
            ("lina", "签认 R01", "R01 现在是“已签认”，您可以：评价 R01、重开 R01"),
        ],
    )


async def test_cancelling(world: World) -> None:
    await talk(
        world,
        [
            ("lina", "取消", "没有可以取消的内容"),
            ("lina", "报修 灯不亮", "R01"),
            ("lina", "取消", "要取消哪一单"),
            ("lina", "[取消 R01]", "R01 已取消"),
            ("lina", "取消 R01", "R01 现在是“已取消”"),
            ("lina", "报修 窗户坏了", "R02"),
            ("wangqiang", "领单 R02", "已接单"),
            ("wangqiang", "到场", "已到场"),
            ("lina", "取消 R02", "R02 现在是“已到场” | !已取消"),
        ],
    )
    assert any(entry.state == "李娜已取消" for entry in world.phone("wangqiang"))


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
    await talk(world, [("lina", "报修 灯不亮", "刚才已登记为 R01"), ("lina", "进度", "王强 领单")])


async def test_a_card_of_another_member_is_refused(world: World) -> None:
    await world.say("lina", "报修 灯不亮")
    await world.press_key("zhaolei", "assign:1:zhaolei", world.phone("zhoumin")[0])
    assert "不是发给您的" in world.new("zhaolei")[-1]
    await world.press_key("chenjing", "take:1")
    assert "没有这项权限" in world.new("chenjing")[-1]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("报修 " + "空调不冷" * 1000, "已登记 R01"),
        ("报修 😭😭😭", "哪里坏了"),
        ("😭😭😭", "没看懂"),
        ("!!!???", "没看懂"),
        ("空" * 4000, "没看懂"),
        ("进度 R00000000000000000000", "没有找到单号"),
        ("评价", "目前没有可以“评价”的单"),
        ("评价 R1 9", "没有找到单号 R1"),
        ("签认 '; drop table case_", "目前没有可以“签认”的单"),
        ("重开", "目前没有可以“重开”的单"),
        ("报修 電梯壞了，快來！", "已登记 R01（电梯"),
    ],
)
async def test_whatever_a_tenant_writes_has_exactly_one_answer(world: World, text: str, answer: str) -> None:
    got = await world.say("lina", text)
    assert len(got) == 1
    assert answer in got[0]


@pytest.mark.parametrize("rest", ["", " 😭", " R99 王强", " 1 " + "长" * 4000])
async def test_whatever_staff_write_after_a_word_has_exactly_one_answer(world: World, rest: str) -> None:
    words = [move.word for move in REPAIR.moves if move.for_staff] + ["进度", "代报", "待办"]
    for who in ("wangqiang", "linfang"):
        for word in words:
            before = await replies(world)
            await world.say(who, word + rest)
            assert await replies(world) == before + 1, word


async def replies(world: World) -> int:
    """How many answers there are. Phones show equal texts once only: the platform takes them for a repetition."""
    async with world.db.read() as session:
        count = await session.scalar(select(func.count()).where(OutboxMessage.dedupe_key.contains(":reply:")))
    return count or 0


async def test_without_a_number_the_only_case_is_meant(world: World) -> None:
    await talk(
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


async def test_low_rating_and_reopening(world: World) -> None:
    await talk(
        world,
        [
            ("lina", "报修 灯不亮", "R01"),
            ("wangqiang", "领单", "已接单"),
            ("wangqiang", "完工 换了灯管", "请拍一张"),
            ("lina", "评价 1 灯还是不亮", "已评 1 分 | 电话回访 | @zhoumin R01 只得了 1 分：灯还是不亮"),
            ("lina", "[重开]", "R01 已重新安排"),
            ("zhoumin", "[派给赵磊]", "R01 已派给赵磊"),
            ("zhaolei", "接单", "已接单"),
            ("zhaolei", "完工 换镇流器", "请拍一张"),
            ("lina", "[有问题，重修]", "R01 已重新安排"),
            ("zhaolei", "领单 R01", "已接单"),
            ("zhaolei", "完工 换灯座", "@lina R01 已完工：换灯座"),
            ("zhoumin", "回访 R01 5 客户满意", "R01 已回访"),
            ("lina", "评价 R01 4", "已经评过 5 分"),
        ],
    )


async def test_a_paid_repair_goes_on_the_bill_of_the_month(world: World) -> None:
    await talk(
        world,
        [
            ("lina", "报修 玻璃碎了", "R01"),
            ("wangqiang", "领单", "已接单"),
            ("wangqiang", "报价 R01", "请写明金额，例如：报价 R01 200 更换压缩机"),
            ("wangqiang", "报价 R01 三百 换玻璃", "没看懂金额"),
            ("wangqiang", "报价 R01 300 换玻璃", "R01 已报价 | @lina 报价 300.00 元（换玻璃）"),
            ("lina", "[不同意]", "不会收费 | @wangqiang 租户已不同意 R01"),
            ("wangqiang", "报价 R01 260.50 换玻璃", "@lina 报价 260.50 元"),
            ("lina", "[同意]", "已同意 R01 报价 260.50 元 | @wangqiang 租户已同意 R01"),
            ("wangqiang", "完工 R01 换好玻璃", "R01 已完工"),
        ],
    )
    async with world.db.read() as session:
        charge = (await session.scalars(select(ServiceCharge))).one()
    assert (charge.month, charge.amount_fen, charge.name) == ("2026-03", 26050, "有偿维修 R01 换玻璃")


async def test_the_desk_enters_what_a_tenant_calls_about(world: World) -> None:
    await talk(
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
    assert [entry.text for entry in world.phone("13800010005")] == ["case_done R02"]


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
    await world.say("lina", "报修 灯不亮")
    await world.say("wangqiang", "领单")
    await world.say("wangqiang", "完工 换灯管")
    await world.advance(START + timedelta(hours=49))
    assert "已关闭" in (await world.say("lina", "进度 R01"))[-1]
    await talk(world, [("lina", "评价 R01 5", "已评 5 分"), ("lina", "重开 R01", "已重新安排")])
