"""March to May 2026, twenty companies, Qingming and Labour Day in between: who is billed, written to, and left in peace."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.config import Config
from models.database import Database
from models.notices.notice import NoticeKind
from scheduler import JOBS
from tests.calendar import books
from tests.calendar.story import COMES, LEAVES, Story, open_story

YUNFAN, LAOCHEN, YUANAN = "云帆设计有限公司", "老陈木作工坊", "远岸国际贸易有限公司"
DERUN, ZHIWEI, CHENGXIN = "德润置业有限公司", "知味餐饮管理有限公司", "澄心会展服务有限公司"
NOTHING_THERE = ("cases.", "claims.", "forms.", "news.", "policies.", "data.requests")
"""Jobs about what nobody in this story has: repairs, losses, policies, announcements, requests."""
DUNNING, LEGAL = str(NoticeKind.DUNNING), str(NoticeKind.LEGAL)


async def test_three_months(sqlite: Database, config: Config, tmp_path: Path) -> None:
    story = await open_story(sqlite, config, tmp_path)
    story.world.only(*(job.name for job in JOBS if not job.name.startswith(NOTHING_THERE)))
    for play in (march, april_begins, april_ends, may):
        await play(story)
    await books.hold_against(sqlite, story.ledger)
    assert await books.letters(sqlite, NoticeKind.DUNNING, NoticeKind.LEGAL) == LETTERS
    await books.hold_distance(sqlite, config.rules().dunning.gap_days)
    await books.hold_quiet_hours(sqlite)
    await books.hold_one_by_one(sqlite)
    await books.hold_each_letter_once(sqlite)


LETTERS = [
    (date(2026, 3, 16), DUNNING, LEAVES),
    (date(2026, 3, 16), DUNNING, LAOCHEN),
    (date(2026, 3, 31), LEGAL, LEAVES),
    (date(2026, 3, 31), LEGAL, LAOCHEN),
    # The 11th working day: the 4th to 6th are Qingming.
    (date(2026, 4, 16), DUNNING, LEAVES),
    (date(2026, 4, 16), DUNNING, COMES),
    (date(2026, 4, 16), DUNNING, LAOCHEN),
    (date(2026, 4, 16), DUNNING, YUANAN),
    (date(2026, 4, 23), DUNNING, DERUN),  # the day after a promise that was not kept
    (date(2026, 4, 26), DUNNING, ZHIWEI),  # when the time for the dispute is over
    (date(2026, 5, 1), LEGAL, LEAVES),
    (date(2026, 5, 1), LEGAL, COMES),
    (date(2026, 5, 1), LEGAL, LAOCHEN),
    (date(2026, 5, 3), LEGAL, ZHIWEI),  # seven days after the first
    # The 11th working day: the 1st to 5th are Labour Day, Saturday the 9th is worked.
    (date(2026, 5, 19), DUNNING, COMES),
    (date(2026, 5, 19), DUNNING, CHENGXIN),
    (date(2026, 5, 31), LEGAL, COMES),
    (date(2026, 5, 31), LEGAL, CHENGXIN),
]


async def march(story: Story) -> None:
    """One company has left, the next is in; a meter is out of reach, one begins again from zero; a service is charged."""
    await story.go("03-18")
    await story.hand_over()
    await story.go("03-21")
    await story.read_meters("2026-03", missing=("D-A-1601",))
    await story.ask("songjia", "有偿 A-1203 更换门锁 120.50", "120.50")
    story.ledger.lines["2026-03"][YUNFAN] += 12050
    await story.go("03-24")
    await story.draft_and_check("2026-03")
    await story.go("03-25")
    for person in ("lina", "tangxiaoyu", "emma", "ouyangming"):
        await story.ask(person, "帮助")
    await story.approve("2026-03")
    await story.world.press("lina", "签收")
    await story.ask("emma", "签收", "签收")
    await story.ask("tangxiaoyu", "签收", "")
    await story.go("03-31", 12)
    await books.hold_against(story.world.db, story.ledger)


async def april_begins(story: Story) -> None:
    """Most pay, one too much, one a part; one promises, one objects. On the 16th the others get their letter."""
    await story.go("04-09")
    await story.pay(YUNFAN, story.ledger.owes(YUNFAN) + 30000)
    await story.pay(COMES, story.ledger.owes(COMES) // 2)
    await story.pay_all(LEAVES, COMES, LAOCHEN, YUANAN, DERUN, ZHIWEI, CHENGXIN)
    await story.go("04-10")
    await story.ask("zhouzhiwei", "异议 电表读数有误", "异议")
    await story.go("04-14")
    await story.ask("gucheng", "承诺 4月24日", "4月24日")
    await story.ask("hederun", "承诺 4月22日", "4月22日")
    await story.go("04-16", 9)
    owing = story.ledger.debtors("2026-03")
    await story.go("04-16", 12)
    assert await dunned(story) == owing - {DERUN, ZHIWEI, CHENGXIN}
    await story.go("04-20")
    await story.pay(YUANAN)
    await story.read_meters("2026-04", still=("S-C-0301",))


async def april_ends(story: Story) -> None:
    """The letters are approved at night and wait for the morning."""
    await story.go("04-23", 9)
    await story.pay(CHENGXIN)
    await story.go("04-24")
    await story.draft_and_check("2026-04")
    await story.go("04-24", 21, 40)
    await story.approve("2026-04")
    await story.go("04-28")
    await story.pay(DERUN)
    await story.go("04-30", 12)
    await books.hold_against(story.world.db, story.ledger)


async def may(story: Story) -> None:
    """Who owes for April is written to on the 19th."""
    await story.go("05-06")
    await story.pay(ZHIWEI)
    await story.go("05-12")
    await story.pay(COMES, story.ledger.owes(COMES) // 2)
    await story.pay_all(LEAVES, COMES, CHENGXIN)
    await story.go("05-19", 9)
    owing = story.ledger.debtors("2026-04")
    await story.go("05-19", 12)
    assert await dunned(story) == owing == {COMES, CHENGXIN}
    await story.go("05-21")
    await story.read_meters("2026-05")
    await story.go("05-25", 9)
    await story.draft_and_check("2026-05")
    await story.approve("2026-05")
    await story.go("05-31", 12)


async def dunned(story: Story) -> set[str]:
    """Who got a 催款通知单 today."""
    made = await books.letters(story.world.db, NoticeKind.DUNNING)
    return {tenant for on, _, tenant in made if on == story.today}
