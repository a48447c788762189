"""Complaints, questions and words to a person, as tenants and the desk write them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models.cases.case import Case, Deadline
from models.clock import LOCAL
from models.messages.inbound import Kind
from tests.fakes.world import START, World, verify_talk


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


async def test_a_complaint_from_the_sentence_to_the_tenants_content(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "保洁三天没来打扫，反映好几次了", "登记为投诉"),
            ("lina", "[投诉]", "T01 | 24 小时内答复 | @zhoumin 新投诉 T01 | @zhoumin 保洁三天没来"),
            ("zhoumin", "[受理]", "T01 已受理 | @lina 已由周敏受理"),
            (
                "zhoumin",
                "答复 T01 已更换保洁班次，今天起每天两次",
                "已答复 | @lina 我们的答复：已更换保洁班次",
            ),
            ("lina", "[满意]", "T01 已办结 | @zhoumin T01 李娜：满意"),
            ("lina", "进度 T01", "已办结 | 答复 已更换保洁班次"),
        ],
    )


async def test_who_is_not_content_is_heard_by_those_above(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "投诉 隔壁装修噪音太大", "T01"),
            ("zhoumin", "受理 T01", "已受理"),
            ("zhoumin", "答复 T01 已提醒对方", "已答复"),
            ("lina", "不满意 T01 今天还是很吵", "请主管亲自跟进 | @linfang 租户对答复不满意：今天还是很吵"),
            ("zhoumin", "办结 T01 说好了", "没有这项权限"),
            ("zhoumin", "答复 T01 已约定施工时间", "已答复"),
            ("linfang", "办结 T01 电话确认满意", "T01 已办结 | @zhoumin T01 林芳：办结"),
        ],
    )


async def test_the_member_complained_about_has_no_hand_in_it(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "投诉 周敏态度恶劣，打电话不接", "T01 | @zhoumin !新投诉 T01"),
            ("zhoumin", "受理 T01", "涉及您本人"),
            ("zhoumin", "进度 T01", "没有找到单号 T01"),
            ("linfang", "转办 T01 周敏", "涉及周敏本人"),
            ("linfang", "受理 T01", "已受理"),
            ("zhoumin", "答复 T01 没有这回事", "涉及您本人"),
            ("linfang", "答复 T01 已批评教育", "已答复"),
            ("lina", "满意", "已办结"),
        ],
    )


async def test_a_name_found_later_takes_the_case_out_of_their_hands(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "投诉 前台说话很冲", "T01"),
            ("zhoumin", "受理 T01", "已受理"),
            ("linfang", "涉及 T01 周敏", "T01 已涉及"),
            ("zhoumin", "答复 T01 抱歉", "涉及您本人"),
            ("linfang", "涉及 T01 没有这个人", "没有找到同事"),
            ("linfang", "受理 T01", "您可以：转办 T01"),
            ("linfang", "答复 T01 已道歉并培训", "已答复 | @lina 已道歉并培训"),
        ],
    )


async def test_the_same_complaint_twice_is_one(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "投诉 走廊三天没打扫", "已登记 T01"),
            ("lina", "投诉 走廊三天没打扫", "刚才已登记为 T01"),
            ("lina", "投诉", "请用一句话说明"),
            ("lina", "电梯里有人抽烟", "已登记 T02"),
            ("lina", "取消 T02", "T02 已取消"),
        ],
    )


async def test_complaints_have_clocks_that_climb(world: World) -> None:
    await world.say("lina", "投诉 走廊三天没打扫")
    await world.advance(START + timedelta(minutes=31))
    assert any("【超时提醒】T01" in text and "受理 T01" in text for text in world.new("zhoumin"))
    await world.advance(START + timedelta(minutes=95))
    assert any("【超时升级】T01 还没有受理" in text for text in world.new("linfang"))
    await world.say("zhoumin", "受理 T01")
    await world.advance(START + timedelta(hours=24, minutes=1))
    assert any("前答复" in text for text in world.new("zhoumin"))
    await world.say("zhoumin", "答复 T01 已处理")
    async with world.db.read() as session:
        open_rows = await session.scalars(
            select(Deadline).where(Deadline.met_at.is_(None), Deadline.dropped_at.is_(None))
        )
        assert list(open_rows) == []


async def test_at_night_nobody_is_called_for_a_complaint(world: World) -> None:
    await world.advance(local("2026-03-16 23:10"))
    before = len(world.phone("zhoumin"))
    await world.say("lina", "投诉 隔壁太吵")
    await world.advance(local("2026-03-17 08:00"))
    assert len(world.phone("zhoumin")) == before
    await world.advance(local("2026-03-17 08:31"))
    assert any("新投诉 T01" in entry.text for entry in world.phone("zhoumin")[before:])


async def test_questions_are_answered_from_the_list_and_else_by_a_person(world: World) -> None:
    await verify_talk(
        world,
        [
            ("zhoumin", "知识 添加 月卡｜月卡｜前台办理", "由客服主管维护"),
            (
                "linfang",
                "知识 添加 停车月卡怎么办｜月卡、停车证｜带行驶证到{地址}办理，电话 {电话}｜前台告示",
                "1. 停车月卡怎么办",
            ),
            ("linfang", "知识 添加 电费多少钱｜电费、电价｜现在 {电}，按表计费｜价目表", "2. 电费多少钱"),
            ("lina", "停车月卡在哪里办", "A 座一层服务中心前台 | 0571-8800 1234 | 来源：前台告示"),
            ("lina", "咨询 电价多少", "元/度 | 来源：价目表"),
            ("lina", "[没解决，转客服]", "已转给客服（Z01） | @zhoumin 【新咨询】Z01 | @zhoumin 电价多少"),
            (
                "zhoumin",
                "回复 Z01 商业用电执行同一价格",
                "Z01 已回复 | @lina 商业用电执行同一价格 | @lina 周敏回复 Z01",
            ),
            ("lina", "那公摊呢", "已转给客服（Z01） | @zhoumin 【租户留言】Z01 | @zhoumin 那公摊呢"),
            ("zhoumin", "回复 Z01 账单上单独列出", "@lina 单独列出"),
            ("lina", "[解决了]", "很高兴帮到您"),
            ("lina", "会议室怎么预订", "已转给客服（Z02）"),
        ],
    )


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("谢谢", "有需要随时"),
        ("👍", "有需要随时"),
        ("😭😭😭", "请用一句话说明"),
        ("那件事怎么样了", "已转给客服（Z01）"),
        ("帮我留个车位", "已转给客服（Z01）"),
        ("找你们经理", "已转给客服（Z01）"),
        ("没有漏水，就是下水管有点堵", "需要为您登记报修吗"),
        ("咨询", "请问您想了解什么"),
    ],
)
async def test_every_sentence_finds_its_desk(world: World, said: str, answer: str) -> None:
    got = await world.say("lina", said)
    assert len(got) == 1
    assert answer in got[0]


async def test_an_emergency_waits_for_no_question(world: World) -> None:
    """Two units: the alarm goes out at once, the unit is asked for afterwards."""
    await verify_talk(
        world,
        [
            ("zhaomin", "漏水了快来", "【紧急】R01 | 哪个单元 | @wangqiang 【紧急】新报修 R01"),
            ("zhaomin", "[B-0305]", "已告诉师傅：B-0305 | @zhoumin 地点：B-0305"),
        ],
    )
    async with world.db.read() as session:
        case = (await session.scalars(select(Case))).one()
        assert (case.place, case.unit_id is not None) == ("B-0305", True)


async def test_three_messages_in_a_row_are_one_report(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "报修 A-1203 空调不冷", "已登记 R01"),
            ("lina", "靠窗那台", "已补充到 R01 | @zhoumin 租户补充：靠窗那台"),
            ("lina", "昨天开始空调就不冷了", "补充说明，还是另一件"),
            ("lina", "[补充到 R01]", "已补充到 R01"),
            ("lina", "厕所灯也不亮", "需要为您登记报修吗"),
            ("lina", "进度 R01", "补充 靠窗那台 | 补充 昨天开始空调就不冷了"),
        ],
    )


async def test_what_was_understood_wrongly_is_put_right_by_a_tap(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "报修 A-1203 玻璃门的感应器坏了", "已登记 R01（门窗"),
            ("lina", "[不是门窗]", "属于哪一类"),
            ("lina", "[网络弱电]", "已改为“网络弱电” | @zhoumin 类别改为网络弱电"),
            ("lina", "[比较急]", "已改为加急，15 分钟内"),
        ],
    )
    await world.advance(START + timedelta(minutes=16))
    assert any("【超时提醒】R01" in text for text in world.new("zhoumin"))


async def test_help_names_only_what_can_be_done_now(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "帮助", "投诉 | 咨询 | !满意 T03 | !签认"),
            ("lina", "报修 空调不冷", "R01"),
            ("lina", "帮助", "补充 R07"),
        ],
    )


async def test_what_nobody_says_a_word_about(world: World) -> None:
    """Answered questions end by themselves; complaints never do, somebody calls."""
    world.only("cases.close_unanswered", "cases.close_inquiries", "cases.call_back")
    await verify_talk(
        world,
        [
            ("lina", "投诉 走廊三天没打扫", "T01"),
            ("lina", "人工 会议室怎么订", "Z01"),
            ("zhoumin", "待办", "【待受理投诉】1 单 | T01 | 【待回复咨询】1 单 | Z01"),
            ("zhoumin", "受理 T01", "已受理"),
            ("zhoumin", "答复 T01 已安排", "已答复"),
            ("zhoumin", "回复 Z01 在前台登记即可", "已回复"),
            ("zhoumin", "待办", "!【待受理投诉】 | !【待回复咨询】"),
            ("clock", "2026-03-19 09:30", ""),
            ("lina", "进度 Z01", "已办结"),
            ("lina", "进度 T01", "待租户确认"),
        ],
    )
    assert any("【请回访】" in text and "T01" in text for text in world.new("linfang"))


async def test_voices_and_places_ask_for_a_sentence(world: World) -> None:
    await world.deliver("lina", Kind.VOICE, media_id="")
    assert "系统听不了语音" in world.new("lina")[-1]
    await world.say("lina", "空调坏了")
    assert "已登记 R01" in world.phone("lina")[-1].text
    await world.deliver("lina", Kind.LOCATION, text="A 座 12 楼")
    assert "位置收到了（A 座 12 楼）" in world.new("lina")[-1]
