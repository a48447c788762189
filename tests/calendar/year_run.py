"""The year, month by month."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.config import Config, load
from models.database import Database
from scheduler import dunning, notices, reminders
from scheduler.runner import Runner
from tests.calendar import year_doors as doors
from tests.calendar import year_months as only
from tests.calendar import year_park as who
from tests.calendar.year_story import YearStory, last_day
from tests.fakes.world import World

Happening = Callable[[YearStory], Awaitable[None]]

ROOT = Path(__file__).parents[2]
PAY_DAY = {1: "01-09", 2: "02-06", 3: "03-09", 4: "04-10", 5: "05-12", 6: "06-08", 7: "07-08", 8: "08-07",
           9: "09-08", 10: "10-13", 11: "11-09", 12: "12-08"}  # fmt: skip
"""Before the tenth working day of each month."""
MONTH_JOBS = tuple(
    job
    for job in (*notices.table.jobs, *dunning.table.jobs, *reminders.table.jobs)
    if job.name != "dunning.limitation"
)
LATE_PAYERS = {5: (who.HEIR, who.DISPUTER)}
NOT_READ = {3: ("D-A-0102",), 5: ("S-C-0104",)}

ON_PAY_DAY: dict[int, tuple[Happening, ...]] = {
    2: (only.a_day_is_closed,), 3: (doors.post_has_come, doors.paper_is_served), 5: (only.promises,),
    6: (only.legal_action,), 8: (only.a_cheque_bounces, only.credit_goes_back), 9: (only.price_goes_up,),
    10: (only.a_receipt_is_wrong, only.invoice),
}  # fmt: skip
ON_THE_20TH: dict[int, tuple[Happening, ...]] = {
    1: (only.someone_decorates,), 3: (only.one_leaves_another_comes,), 4: (only.decoration_is_over,),
    5: (only.a_meter_is_replaced, only.one_comes_into_an_empty_unit),
}  # fmt: skip
AFTER_READING: dict[int, tuple[Happening, ...]] = {
    3: (only.a_door_stays_shut,), 6: (only.main_meter_is_misread,), 11: (only.a_meter_stands_still,),
}  # fmt: skip
ON_THE_27TH: dict[int, tuple[Happening, ...]] = {
    1: (doors.signed_by_whom,), 2: (doors.refused_and_posted,), 3: (doors.services_are_suspended,),
    5: (only.a_reading_comes_late,), 7: (only.a_bill_is_wrong,), 12: (only.why,),
}  # fmt: skip


def year_config(folder: Path) -> Config:
    """As shipped, with what the year is to show: 违约金, three letters, an owner who is told, services that may be
    suspended; December is due in a year whose holidays count as entered.
    """
    text = (ROOT / "config.yaml").read_text("utf-8")
    for old, new in (
        ("entered_years: []", "entered_years: [2027]"),
        ("  penalty: false", "  penalty: true"),
        ('mode: "off"', "mode: optional_services"),
        ('tell_owner_at: ""', "tell_owner_at: 催款通知单"),
        (
            "    - { kind: final,",
            "    - { kind: legal_letter, days_after_previous: 7 }\n    - { kind: final,",
        ),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    copy = folder / "config.yaml"
    copy.write_text(text, "utf-8")
    return load(copy, {})


async def open_year(db: Database, folder: Path, ordinary: int = 0, *, awake_daily: bool = False) -> YearStory:
    """The park on its first morning. awake_daily: see YearStory; besides, no jobs but those of the month of fees."""
    config, park = year_config(folder), who.year_park(ordinary)
    world = World(db, config, folder / "files", who.START)
    if awake_daily:
        core = world.core
        world.engine.runner = Runner(db, MONTH_JOBS, core.rules, core.calendar, "year")
    await world.prepare(who.importing(folder / "park.xlsx", park, config, who.START))
    return YearStory(world, park, folder, awake_daily=awake_daily)


async def play_month(story: YearStory, month: int) -> None:
    """The month before is closed and paid for; this one is read, billed, delivered."""
    if month > 1:
        await story.go(f"{month:02}-03", 11)
        await story.close(month - 1)
    await story.go(PAY_DAY[month])
    if month > 1:
        bounced = (who.CHEQUE,) if month == 8 else ()
        await _all(story, ON_PAY_DAY, month)
        await story.most_pay(*bounced, *LATE_PAYERS.get(month, ()))
    await story.go(f"{month:02}-20", 16)
    await _all(story, ON_THE_20TH, month)
    for tenant in (who.PARKER, *LATE_PAYERS.get(month, ())):
        if await story.owed(tenant):
            await story.pay_all(tenant)
    await story.go(f"{month:02}-21")
    await story.read_meters(month, NOT_READ.get(month, ()), still=("S-A-0103",) if month == 11 else ())
    await _all(story, AFTER_READING, month)
    await story.bill(month)
    await story.sign(month)
    await story.go(f"{month:02}-27", 15)
    await _all(story, ON_THE_27TH, month)
    await story.go(last_day(month), 20)


async def _all(story: YearStory, plan: dict[int, tuple[Happening, ...]], month: int) -> None:
    for happening in plan.get(month, ()):
        await happening(story)
