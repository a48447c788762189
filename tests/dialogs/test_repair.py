"""Repairs as tenants see them, from the report to the rating."""

from __future__ import annotations

import pytest

from models.clock import at_local
from tests.fakes.world import START, World, verify_talk


async def test_a_repair_from_the_report_to_the_rating(world: World) -> None:
    await verify_talk(
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
    await verify_talk(
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
    await verify_talk(
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
    await verify_talk(
        world,
        [
            ("lina", "我们办公室的空调不制冷了😭", "需要为您登记报修吗"),
            ("lina", "[报修]", "已登记 R01（空调"),
            ("lina", "门锁坏了", "需要为您登记报修吗"),
            ("lina", "是的", "已登记 R02（门窗"),
            ("lina", "AC not cooling in A-1203", "需要为您登记报修吗"),
            ("lina", "不用", "好的"),
            ("lina", "进度", "R02 门窗 | R01 空调"),
        ],
    )
    await verify_talk(
        world,
        [("lina", "灯不亮了", "需要为您登记报修吗"), ("lina", "水龙头滴水", "需要为您登记报修吗")],
    )
    first = [entry for entry in world.phone("lina") if "报修" in entry.buttons][-2]
    await world.press_key("lina", first.buttons["报修"])
    assert "前面一句话" in world.new("lina")[-1]
    await verify_talk(world, [("lina", "[报修]", "已登记 R03（给排水")])
    first = next(entry for entry in world.phone("lina") if "报修" in entry.buttons)
    await world.press_key("lina", first.buttons["报修"])
    assert "已经过时" in world.new("lina")[-1]


async def test_an_emergency_says_what_to_do_and_calls_everybody_at_once(world: World) -> None:
    await world.advance(at_local(START.date(), 23, 30))
    await verify_talk(
        world,
        [
            ("lina", "报修 漏水!!快来", "【紧急】R01 | 关闭入户水阀 | 0571-8800 1234"),
        ],
    )
    for who in ("wangqiang", "zhaolei", "zhoumin", "linfang"):
        assert "【紧急】新报修 R01 给排水" in world.phone(who)[-1].text
    assert world.phone("chenjing") == []


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
    await verify_talk(
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
    await verify_talk(
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


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("报修 " + "空调不冷" * 1000, "已登记 R01"),
        ("报修 😭😭😭", "哪里坏了"),
        ("😭😭😭", "没看懂"),
        ("!!!???", "没看懂"),
        ("空" * 4000, "已转给客服（Z01）"),
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


async def test_low_rating_and_reopening(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "报修 灯不亮", "R01"),
            ("wangqiang", "领单", "已接单"),
            ("wangqiang", "完工 换了灯管", "请拍一张"),
            (
                "lina",
                "评价 1 灯还是不亮",
                "已评 1 分 | 给您打电话 | @linfang 低分 R01 电气 | @linfang 打了 1 分：灯还是不亮 | @zhoumin !低分",
            ),
            ("lina", "重开发票", "请写明单号，例如：重开 R01"),
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


async def test_a_tenant_may_ask_for_a_person(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "门锁坏了", "需要为您登记报修吗"),
            (
                "lina",
                "[人工/其他]",
                "已转给客服（Z01） | 0571-8800 1234 | @zhoumin 云帆设计有限公司 李娜 138****0001：门锁坏了",
            ),
            ("lina", "人工 有急事", "已转给客服（Z01） | @zhoumin 【租户留言】Z01 | @zhoumin 有急事"),
            ("guest", "人工", "请致电服务中心 | 绑定"),
        ],
    )
