"""The year, month by month."""

from __future__ import annotations

from tests.calendar import year_months as only
from tests.calendar import year_park as who
from tests.calendar.year_story import YearStory, last_day

FIRST_WORKING_WEEK = {1: "01-09", 2: "02-06", 3: "03-09", 4: "04-10", 5: "05-12", 6: "06-08", 7: "07-08", 8: "08-07",
                      9: "09-08", 10: "10-13", 11: "11-09", 12: "12-08"}  # fmt: skip
"""A day on which people pay: before the tenth working day."""


async def play_month(story: YearStory, month: int) -> None:
    """Payments, charges, readings, the run, letters, the end."""
    if month > 1:
        await story.go(f"{month:02}-03", 11)
        await story.close(month - 1)
    await story.go(FIRST_WORKING_WEEK[month])
    if month > 1:
        await pay_day(story, month)
    await story.go(f"{month:02}-20", 16)
    await twentieth(story, month)
    await story.go(f"{month:02}-21")
    await story.read_meters(month, missing=("D-A-0102",) if month == 3 else ())
    if month == 3:
        await only.a_door_stays_shut(story)
    if month == 6:
        await only.main_meter_is_misread(story)
    await story.bill(month)
    await story.sign(month)
    await story.go(last_day(month), 20)


async def pay_day(story: YearStory, month: int) -> None:
    """Most pay; the others in their own way."""
    await story.most_pay()
    owed = sum(fen for _, fen in await story.owed(who.HALF))
    await story.pay(who.HALF, owed // 2)
    if month == 8:
        await only.a_cheque_bounces(story)
    elif month != 12:
        await story.pay(who.CHEQUE)
    if month == 5:
        await only.promises(story)
    if month == 9:
        await only.credit_goes_back(story)
        await only.price_goes_up(story)


async def twentieth(story: YearStory, month: int) -> None:
    """What is entered before the meters are read; who pays late."""
    happenings = {1: only.someone_decorates, 3: only.one_leaves_another_comes, 5: only.a_meter_is_replaced}
    if month in happenings:
        await happenings[month](story)
    if month == 4:
        await only.decoration_is_over(story)
    for tenant in (who.PROMISER, who.DISPUTER, who.PENALISED, who.STATEMENT):
        if month > 1:
            await story.pay(tenant)
