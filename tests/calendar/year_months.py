"""What only one month of the year brings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal

from tests.calendar import year_park as who
from tests.calendar.year_story import POOL, SUBS, YearStory

Happening = Callable[[YearStory], Awaitable[None]]


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


async def a_door_stays_shut(story: YearStory) -> None:
    """March: one meter is estimated; April settles it."""
    await story.ask("liuyan", "抄表 估 D-A-0102", "确认估读")
    await story.ask("liuyan", "是", "估")


async def promises(story: YearStory) -> None:
    """May: a promise that is not kept, an objection that is not right, one that is."""
    await story.ask("emma", "承诺 5月15日", "5月15日")
    got = await story.ask("gucheng", "异议 4月电费偏高", "异议")
    number = got[got.index("Y") :][:3]
    await story.ask("chenjing", f"异议处理 {number} 不成立 已现场核对读数无误", "不成立")


async def a_meter_is_replaced(story: YearStory) -> None:
    """May."""
    old = story.park.shows["D-A-0103"] + 55
    await story.ask("liuyan", f"抄表 换表 D-A-0103 旧止 {old} 新起 12 2026-05-08", "换表")
    story.park.shows["D-A-0103"] = Decimal(12)


async def main_meter_is_misread(story: YearStory) -> None:
    """June: the sub-meters show more than the main meter; the run stops until it is read again."""
    right = story.park.shows[POOL]
    await story.ask("liuyan", f"抄表 {POOL} {right - 3000}", "")
    await story.go("06-24", 9)
    await story.ask("chenjing", "出账 2026-06", "公摊")
    await story.ask("liuyan", f"抄表 {POOL} {right}", "")


async def a_cheque_bounces(story: YearStory) -> None:
    """August: taken, sent back by the bank, paid again with too much; the rest is given back in September."""
    await story.pay(who.CHEQUE, how="支票")
    number = await newest_receipt(story)
    await story.ask("chenjing", f"退票 {number} 存款不足", number)
    owed = sum(fen for _, fen in await story.owed(who.CHEQUE))
    await story.pay(who.CHEQUE, owed + 100000)


async def credit_goes_back(story: YearStory) -> None:
    """September."""
    got = await story.ask("chenjing", f"退款 {who.CHEQUE} 200 转账 原账户 多付退回", "")
    if "确认" in got:
        await story.tap("chenjing", "确认退款", "退款")


async def price_goes_up(story: YearStory) -> None:
    """September: power costs more from October on."""
    await story.ask("chenjing", "单价 电 0.95 2026-10-01", "0.95")


async def invoice(story: YearStory) -> None:
    """October: asked for in chat, issued by finance."""
    await story.ask("ouyangming", "发票", "")


async def newest_receipt(story: YearStory) -> str:
    """The number of the last payment that was taken."""
    text = next(e.text for e in reversed(story.world.phone("heting")) if "SK-" in e.text)
    return text[text.index("SK-") :][:14]


SUPPOSED = SUBS
