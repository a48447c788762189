"""The second story over the real protocol: a month is read, billed, notified, signed, paid, and dunned where it is not."""

from __future__ import annotations

import re

from tests.stories.outside import Outside

READINGS = "抄表\nA-1203 电 10971\nA-1203 水 607"
# 229.75 ㎡ × 6.80 + 300 度 × 0.92 + 10 吨 × 5.10
BILL = "1,889.30"


async def bill_march(outside: Outside) -> None:
    """From the meters to the approval, each by whoever does it."""
    await outside.say("liuyan", READINGS)
    await outside.expect("liuyan", "已记 2 条")
    await outside.clock(to="2026-03-25T10:00:00+08:00")
    await outside.say("chenjing", "出账 3月")
    await outside.expect("chenjing", "2026年3月账单", "合计")
    await outside.press("chenjing", "复核")
    await outside.expect("chenjing", "已复核")
    await outside.press("zhengwei", "批准")
    await outside.expect("zhengwei", "已批准")


async def test_who_pays_is_left_in_peace_and_who_does_not_is_dunned_on_the_eleventh_working_day(
    outside_on_the_20th: Outside,
) -> None:
    outside = outside_on_the_20th
    await outside.say("lina", "帮助")
    await outside.clock(to="2026-03-21T09:30:00+08:00")
    await bill_march(outside)
    await outside.say("lina", "账单")  # the window of five days ago is closed: the chat opens anew
    await outside.expect("lina", "未付账单", BILL)
    await outside.say("lina", "签收")
    await outside.expect("lina", "签收")
    await outside.say("lina", "明细 3月")
    await outside.expect("lina", "物业", "1,562.30", "276.00", "51.00")
    await outside.say("heting", "收款 云帆 1889.30 转账 流水号0312")
    await outside.expect("heting", "确认收款", BILL)
    await outside.press("heting", "确认收款")
    await outside.expect("heting", "已入账", "SK-202603-0001")
    await outside.clock(to="2026-03-27T11:00:00+08:00")
    outside.only("notices.", "dunning.", "remind.", "escalate.", "stats.")  # a week with all jobs is over
    await outside.clock(to="2026-04-16T09:00:00+08:00")
    paid, owing = len(await outside.phone("lina")), len(await outside.phone("qinbeichen"))
    await outside.clock(to="2026-04-16T11:00:00+08:00")
    assert len(await outside.phone("lina")) == paid
    assert len(await outside.phone("qinbeichen")) == owing + 1
    await outside.say("qinbeichen", "账单")
    await outside.expect("qinbeichen", "未付账单")
    await outside.say("qinbeichen", "承诺 周五")
    await outside.expect("qinbeichen", "4月17日")
    await outside.expect("chenjing", "催款通知单", "北辰")


async def test_pdf_goes_into_an_open_chat_and_opens(outside_later: Outside) -> None:
    outside = outside_later
    await outside.say("lina", "帮助")
    await outside.clock(to="2026-03-25T09:31:00+08:00")
    await outside.say("liuyan", READINGS)
    await outside.say("chenjing", "出账 3月")
    await outside.press("chenjing", "复核")
    await outside.press("zhengwei", "批准")
    await outside.expect("lina", "缴费通知单", BILL, "4月15日")
    document = next(entry for entry in await outside.phone("lina") if entry["kind"] == "file")
    async with outside.session.get(outside.base + document["url"]) as answer:
        assert (await answer.read()).startswith(b"%PDF-")
    await outside.press("lina", "签收")
    await outside.expect("lina", "签收", "李娜")


async def test_who_is_not_in_chat_gets_an_sms_that_leads_to_the_page_and_signs_there(
    outside_later: Outside,
) -> None:
    outside = outside_later
    await bill_march(outside)
    pointer = await outside.expect("lina", "通知待查收", "/n/")
    link = re.search(r"http://\S+/n/[\w-]+", pointer["text"])
    assert link
    async with outside.session.get(link[0]) as answer:
        page = await answer.text()
    assert BILL in page
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf
    form = {"csrf": csrf[1], "name": "李娜", "role": "负责人", "mobile_tail": "0001"}
    async with outside.session.post(link[0], data=form) as answer:
        signed = await answer.text()
    assert "已由 <strong>李娜</strong>（负责人）于" in signed
    await outside.say("zhoumin", "签收表 3月")
    await outside.expect("zhoumin", "已签收 1 份")
