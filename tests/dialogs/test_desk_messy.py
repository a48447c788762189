"""Short dialogues with the desk, most of them messy or hostile, in one park one after the other.

Numbers are not written out: "R?" stands for the newest repair, "T?" and "Z?" for the newest complaint and inquiry.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.cases.case import Case
from models.messages.inbound import Kind
from models.messages.inbox import InboxMessage, InboxStatus
from tests.fakes.world import Row, World, play

HOSTILE: dict[str, list[Row]] = {
    "only faces": [("lina", "😭😭😭", "请用一句话说明"), ("lina", "[人工]", "已转给客服")],
    "marks alone": [("lina", "？？？", "能做什么|!失败")],
    "shouting": [("lina", "报修!!!!空调!!!坏了!!!!", "已登记 R? | 空调")],
    "commands of staff": [("lina", "派单 R? 王强", "!已派给"), ("lina", "统计 报修", "!及时率")],
    "a query of a database": [
        ("lina", "报修 '; DROP TABLE case_; -- 灯不亮", "已登记 R?"),
        ("lina", "进度 R?", "DROP TABLE"),
    ],
    "a script": [("lina", "报修 <script>alert(1)</script> 门锁坏了", "已登记 R? | 门窗")],
    "text that turns round": [("lina", "报修 \u202eA-1203 水龙头滴水\u200b", "已登记 R? | 给排水")],
    "a number nobody has": [("lina", "进度 R99999999999", "没有找到单号")],
    "wide digits": [("lina", "进度 Ｒ９９", "没有找到单号")],
    "another company's case": [
        ("zhaomin", "进度 R1", "没有找到单号"),
        ("zhaomin", "取消 R1", "没有找到单号"),
    ],
    "stars beyond five": [("lina", "评价 R? 100", "!已评"), ("lina", "评价 R? 0", "!已评")],
    "a form left half way": [
        ("lina", "报修", "哪里坏了"),
        ("lina", "账单", "!哪里坏了"),
        ("lina", "取消", "!失败"),
    ],
    "nothing to cancel": [("laoliu", "取消", "!失败")],
    "insults find a person": [("lina", "你们是不是都死光了", "已转给客服|!失败")],
    "half a sentence": [
        ("lina", "投诉", "请用一句话说明"),
        ("lina", "。", "请用一句话说明"),
        ("lina", "走廊没人扫", "已登记 T?"),
    ],
    "a complaint taken back": [
        ("lina", "投诉 电梯里总有烟味", "T?"),
        ("lina", "撤诉 T?", "!失败"),
        ("lina", "取消 T?", "已取消|!失败"),
    ],
    "prices that are none": [
        ("lina", "报修 玻璃门裂了", "R?"),
        ("wangqiang", "领单 R?", "已接单"),
        ("wangqiang", "报价 R? -5 换玻璃", "!已报价"),
        ("wangqiang", "报价 R? 1e9 换玻璃", "!已报价"),
        ("wangqiang", "报价 R? 一百八 换玻璃", "!已报价"),
        ("wangqiang", "报价 R? 180 换玻璃", "已报价"),
        ("xiaoming", "同意 R?", "只对贵司登记"),
        ("lina", "同意 R?", "已同意"),
        ("lina", "同意 R?", "您可以"),
    ],
    "out of turn": [
        ("lina", "报修 百叶窗坏了", "R?"),
        ("wangqiang", "完工 R? 好了", "您可以：领单 R?"),
        ("zhaolei", "退单 R? 忙", "您可以"),
        ("zhoumin", "派单 R? 陈静", "没有处理报修的权限"),
        ("zhoumin", "派单 R? 张三丰", "没有找到员工"),
        ("zhoumin", "派单 R? 赵磊", "已派给赵磊"),
        ("wangqiang", "接单 R?", "负责的师傅"),
        ("zhaolei", "接单 R?", "已接单"),
        ("zhaolei", "接单 R?", "您可以"),
        ("zhaolei", "退单", "请写退单原因"),
        ("zhaolei", "在处理急修", "已退单"),
    ],
    "too late to cancel": [
        ("lina", "报修 打印间灯不亮", "R?"),
        ("wangqiang", "领单 R?", "已接单"),
        ("wangqiang", "到场 R?", "已到场"),
        ("lina", "取消 R?", "现在是“已到场”"),
        ("wangqiang", "完工 R? 换灯", "请拍一张"),
        ("wangqiang", "取消", "!失败"),
        ("lina", "重开 R? 还是不亮", "重新安排"),
        ("lina", "重开 R?", "您可以"),
        ("lina", "取消 R?", "已取消"),
    ],
    "a walk-in badly written": [
        ("zhoumin", "代报 A-1203", "请这样发"),
        ("zhoumin", "代报 空调 不冷了", "没有找到单元"),
        ("zhoumin", "代报 公共区域", "请这样发"),
        ("zhoumin", "代报 a座1203 洗手间没纸 13900001111", "登记 R? | 139****1111"),
        ("lina", "代报 A-1203 灯不亮", "!已为"),
    ],
    "a helper who is none": [
        ("lina", "报修 地毯翘起来了", "R?"),
        ("zhoumin", "加派 R? 赵磊", "您可以：派单 R?"),
        ("wangqiang", "领单 R?", "已接单"),
        ("wangqiang", "加派 R? 王强", "已经有王强"),
        ("zhaolei", "不再协助 R?", "!已不再协助"),
        ("wangqiang", "加派 R?", "派给谁"),
        ("wangqiang", "赵磊", "已加派赵磊"),
        ("zhaolei", "退单 R? 忙", "您可以"),
    ],
}
PLAIN: dict[str, list[Row]] = {
    "traditional characters": [("lina", "報修 冷氣不夠凍", "登记报修吗"), ("lina", "是", "已登记 R? | 空调")],
    "English": [
        ("lina", "the toilet is blocked in A-1203", "登记报修吗"),
        ("lina", "yes", "已登记 R? | 给排水"),
    ],
    "lines": [("lina", "报修\nA-1203\n网络连不上", "已登记 R? | 网络弱电")],
    "thanks": [("lina", "谢谢师傅", "有需要随时")],
    "a question nobody knows": [
        ("lina", "咨询 能不能养猫", "已转给客服（Z?"),
        ("zhoumin", "回复 Z? 园区内请勿饲养", "已回复"),
        ("lina", "解决了 Z?", "很高兴"),
    ],
    "an answer not liked": [
        ("lina", "投诉 大堂太吵", "T?"),
        ("zhoumin", "受理 T?", "已受理"),
        ("zhoumin", "答复 T? 已提醒", "已答复"),
        ("lina", "不满意 T?", "主管"),
        ("zhoumin", "答复 T? 已贴告示", "已答复"),
        ("lina", "满意 T?", "已办结"),
    ],
    "work that waits for parts": [
        ("lina", "报修 门禁读卡器坏了", "R?"),
        ("zhaolei", "领单 R?", "已接单"),
        ("zhaolei", "待料 R?", "请写缺什么"),
        ("zhaolei", "缺读卡头", "待料 | 暂停计时"),
        ("lina", "进度 R?", "缺读卡头"),
        ("zhaolei", "到场 R?", "已到场"),
        ("zhaolei", "完工 R? 已换", "已完工"),
    ],
    "a colleague carries on": [
        ("lina", "报修 窗把手断了", "R?"),
        ("zhaolei", "领单 R?", "已接单"),
        ("zhoumin", "改派 R? 王强", "已派给王强 | @zhaolei 已改派给王强"),
        ("wangqiang", "接单 R?", "已接单"),
        ("zhoumin", "撤单 R? 租户自己修好了", "已撤单 | @lina 已撤销"),
    ],
    "the desk closes": [
        ("lina", "报修 水管滴水", "R?"),
        ("wangqiang", "领单 R?", "已接单"),
        ("wangqiang", "完工 R? 紧固", "已完工"),
        ("zhoumin", "关闭 R? 电话确认", "已关闭 | @lina 已关闭"),
        ("lina", "评价 R? 4 可以", "已评 4 分"),
    ],
}
_LETTERS = ("R", "T", "Z")


async def _filled(world: World, row: Row) -> Row:
    """The row with the newest numbers in it."""
    who, what, expects = row
    for letter in _LETTERS:
        if f"{letter}?" in what + expects:
            number = await _newest(world, letter)
            what, expects = what.replace(f"{letter}?", number), expects.replace(f"{letter}?", letter)
    return who, what, expects


async def _newest(world: World, letter: str) -> str:
    async with world.db.read() as session:
        found = await session.scalar(
            select(Case.number).where(Case.number.startswith(letter)).order_by(Case.id.desc()).limit(1)
        )
    return found or f"{letter}01"


@pytest.mark.parametrize("dialogues", [HOSTILE, PLAIN], ids=["hostile", "plain"])
async def test_dialogues_one_after_the_other(world: World, dialogues: dict[str, list[Row]]) -> None:
    wrong = []
    for name, table in dialogues.items():
        for row in table:
            try:
                await play(world, await _filled(world, row))
            except AssertionError as error:
                wrong.append(f"{name}: {error}")
                break
    assert not wrong, "\n".join(wrong)
    async with world.db.read() as session:
        failed = await session.scalars(select(InboxMessage).where(InboxMessage.status == InboxStatus.FAILED))
        assert list(failed) == []


async def test_a_place_a_voice_and_a_picture_before_the_sentence(world: World) -> None:
    await world.deliver("lina", Kind.LOCATION, text="A座1203 茶水间")
    await world.deliver("lina", Kind.VOICE, media_id="")
    await world.show("lina")
    answer = (await world.say("lina", "水龙头关不上"))[-1]
    assert "已登记 R01（给排水" in answer
    assert "照片" in answer
