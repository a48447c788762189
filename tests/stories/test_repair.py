"""The first story, from chat to chat over the real protocol: a fault is reported, repaired, signed off and rated."""

from __future__ import annotations

import re

from tests.stories.outside import Outside


async def test_a_repair_from_report_to_rating(outside: Outside) -> None:
    await outside.say("lina", "报修 3楼空调不冷了")
    report = await outside.expect("lina", "已登记 R01", "空调")
    await outside.show("lina")
    await outside.expect("lina", "照片", "R01")
    assert "进度" in report["text"]

    await outside.expect("zhoumin", "新报修 R01", "3楼空调不冷了")
    await outside.press("zhoumin", "派给王强")
    await outside.expect("wangqiang", "R01")
    await outside.press("wangqiang", "接单")
    await outside.expect("lina", "王强", "R01")
    await outside.press("wangqiang", "到场")
    await outside.expect("lina", "到")
    await outside.say("wangqiang", "完工 R01 更换启动电容")
    await outside.show("wangqiang")
    await outside.expect("wangqiang", "照片", "R01")
    await outside.expect("lina", "R01", "更换启动电容")
    await outside.press("lina", "签认")
    await outside.expect("lina", "已签认", "打个分")
    await outside.press("lina", "5 分 ★★★★★")
    await outside.expect("lina", "谢")
    await outside.say("lina", "进度 R01")
    await outside.expect("lina", "R01", "完工")


async def test_three_deliveries_of_every_callback_have_one_effect(outside: Outside) -> None:
    await outside.fault(api="callback", repeat=3, times=10)
    await outside.say("lina", "报修 灯不亮")
    await outside.expect("lina", "已登记 R01")
    await outside.say("lina", "进度")
    await outside.expect("lina", "R01")
    texts = [entry["text"] for entry in await outside.phone("lina") if "已登记" in entry["text"]]
    assert len(texts) == 1
    assert not any("R02" in entry["text"] for entry in await outside.phone("lina"))


async def test_a_burst_of_two_hundred_messages_is_handled_completely_and_in_order(outside: Outside) -> None:
    for number in range(1, 201):
        await outside.say("lina", f"备注{number}")
    await outside.clock(by="1m")
    await outside.say("lina", "进度 Z01")
    shown = await outside.expect("lina", "Z01", "备注200")
    first, *latest = re.findall(r"备注(\d+)", shown["text"])
    assert (first, latest) == ("1", [str(number) for number in range(181, 201)])
