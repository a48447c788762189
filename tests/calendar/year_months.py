"""What only one month of the year brings: money that comes otherwise, meters, wrong bills."""

from __future__ import annotations

from decimal import Decimal

from tests.calendar import year_park as who
from tests.calendar.year_story import POOL, YearStory


async def someone_decorates(story: YearStory) -> None:
    """January: a deposit and the clearance of rubbish with the month's bill; work paid for."""
    await story.ask("songjia", "押金 A-0104 装修押金 5000", "已登记押金")
    await story.ask("songjia", "清运 A-0104", "清运")
    await story.ask("songjia", "有偿 A-0101 更换门锁 120.50", "120.50")


async def decoration_is_over(story: YearStory) -> None:
    """April: the deposit goes back."""
    await story.ask("chenjing", "退押金 A-0104 装修押金 转账 验收合格", "确认退押金")
    await story.tap("chenjing", "确认退还", "退押金")


async def one_leaves_another_comes(story: YearStory) -> None:
    """March: what the meters showed on the day between."""
    for number in ("S-B-0101", "D-B-0101"):
        story.turn(number, Decimal(3) if number[0] == "S" else Decimal(70))
        await story.ask("liuyan", f"抄表 交接 {number} {story.park.shows[number]} 2026-03-10", "已记下")


async def one_comes_into_an_empty_unit(story: YearStory) -> None:
    """May: what the meters show when the tenant gets the key."""
    for number in ("S-C-0104", "D-C-0104"):
        story.turn(number, Decimal(1) if number[0] == "S" else Decimal(20))
        await story.ask("liuyan", f"抄表 交接 {number} {story.park.shows[number]} 2026-05-15", "已记下")


async def a_door_stays_shut(story: YearStory) -> None:
    """March: one meter is estimated; April settles it."""
    await story.ask("liuyan", "抄表 估 D-A-0102", "确认估读")
    await story.ask("liuyan", "是", "估")


async def a_day_is_closed(story: YearStory) -> None:
    """February: cash for a month that is named; the till is counted in the evening."""
    owed = await story.owed(who.LESSEE)
    fen = owed[0][1] // 2 // 100 * 100
    await story.pay(who.LESSEE, fen, "现金", "1月")
    await story.ask("heting", "日结", "日结 确认")
    await story.ask("heting", f"日结 确认 {fen // 100}", "已日结")


async def promises(story: YearStory) -> None:
    """May: a promise that is not kept (it is paid on the 20th), an objection that is not right, a stop by hand."""
    await story.ask("qinbei", "承诺 5月15日", "5月15日")
    got = await story.ask("gucheng", "异议 4月电费偏高", "异议")
    number = got[got.index("Y") :][:3]
    await story.ask("chenjing", f"异议处理 {number} 不成立 已现场核对读数无误", "不成立")
    await story.ask("xieyu", f"暂停催款 {who.LESSEE} 5月26日 合同正在续签", "已暂停")


async def a_meter_is_replaced(story: YearStory) -> None:
    """May."""
    old = story.park.shows["D-A-0103"] + 55
    await story.ask("liuyan", f"抄表 换表 D-A-0103 旧止 {old} 新起 12 2026-05-08", "换表")
    story.park.shows["D-A-0103"] = Decimal(12)


async def a_reading_comes_late(story: YearStory) -> None:
    """May: read when the bills are out; it gets a bill of its own."""
    story.turn("S-C-0104", Decimal(4))
    await story.ask("liuyan", f"抄表 S-C-0104 {story.park.shows['S-C-0104']}", "已记")
    await supplement(story, 5)


async def supplement(story: YearStory, month: int) -> None:
    """What is missing is drafted, checked, approved."""
    await story.ask("chenjing", f"补账 {month}月", "补账：1 家租户")
    await story.tap("chenjing", "复核", "已复核")
    await story.tap("zhengwei", "批准", "已批准")
    await story.wait(120)


async def main_meter_is_misread(story: YearStory) -> None:
    """June: the sub-meters show more than the main meter; the run stops until it is read again."""
    right = story.park.shows[POOL]
    await story.ask("liuyan", f"抄表 {POOL} {right - 400}", "已记")
    await story.go("06-23")
    await story.ask("chenjing", "出账 2026-06", "总表")
    await story.ask("liuyan", f"抄表 {POOL} {right}", "已记")


async def a_bill_is_wrong(story: YearStory) -> None:
    """July: a misread meter; the objection is right, the bill is reversed and another one goes out."""
    number = await story.bill_of(who.HEIR, 7)
    got = await story.ask("qinbei", "异议 电表读数抄错了", "异议")
    await story.ask("chenjing", f"异议处理 {got[got.index('Y') :][:3]} 成立 读数抄错", "成立")
    await story.ask("chenjing", f"冲销 {number} 读数 电表抄错", "已请项目经理批准")
    await story.tap("zhengwei", "批准", "已冲销")
    story.park.shows["D-B-0101"] -= 60
    await story.ask("liuyan", f"抄表 D-B-0101 {story.park.shows['D-B-0101']}", "已记")
    await supplement(story, 7)


async def a_cheque_bounces(story: YearStory) -> None:
    """August: taken, sent back by the bank, paid again with too much; the rest is given back in September."""
    owed = sum(fen for _, fen in await story.owed(who.CHEQUE))
    await story.pay(who.CHEQUE, owed, "支票")
    await story.ask("chenjing", f"退票 {await newest_receipt(story)} 存款不足", "已冲正")
    story.received[who.CHEQUE] -= owed
    await story.pay(who.CHEQUE, owed + 100000)


async def credit_goes_back(story: YearStory) -> None:
    """August: a part of what was too much; the rest pays the next bill."""
    await story.ask("chenjing", f"退款 {who.CHEQUE} 200 转账 原账户 多付退回", "确认退款")
    await story.tap("chenjing", "确认退款", "已登记退款")
    story.received[who.CHEQUE] -= 20000


async def price_goes_up(story: YearStory) -> None:
    """September: power costs more from October on."""
    await story.ask("chenjing", "单价 电 0.95 2026-10-01", "已定")


async def a_receipt_is_wrong(story: YearStory) -> None:
    """October: entered for the wrong amount, taken back."""
    await story.pay(who.CLERK_SIGNS, 100)
    await story.ask("chenjing", f"冲正 {await newest_receipt(story)} 金额输错", "已冲正")
    story.received[who.CLERK_SIGNS] -= 100


async def invoice(story: YearStory) -> None:
    """October: asked for in chat, issued by finance."""
    for words in ("发票", who.FIVE, "91350100M000100Y43", "caiwu@lianhe.example.com"):
        await story.ask("ouyangming", words)
    got = await story.tap("ouyangming", "申请开票", "已申请开票")
    number = got[got.index("FP-") :][:14]
    await story.ask("sunli", f"开票 {number} 26332000000012345678", "已登记")


async def a_meter_stands_still(story: YearStory) -> None:
    """November: a question comes back, and somebody looks."""
    await story.ask("liuyan", "抄表 待确认", "用量为 0")
    await story.tap("liuyan", "确认", "已确认")


async def why(story: YearStory) -> None:
    """December: what a tenant asks when it is more than last month."""
    await story.ask("lina", "为什么比上月", "2026年12月账单", "2026年11月账单")


async def legal_action(story: YearStory) -> None:
    """June: the large debtor that has gone."""
    await story.ask("linfang", "法务清单", who.LEAVER)
    await story.ask("linfang", f"证据 {who.LEAVER}", "正在整理")


async def newest_receipt(story: YearStory) -> str:
    """The number of the last payment that was taken."""
    text = next(e.text for e in reversed(story.world.phone("heting")) if "SK-" in e.text)
    return text[text.index("SK-") :][:14]
