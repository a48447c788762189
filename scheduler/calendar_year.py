"""Next year's holidays: published in November as a rule, and nothing can be reckoned without them [domain §3]."""

from __future__ import annotations

from datetime import date

from models.calendar.working_days import Calendar
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.people.staff import staff_who_may
from models.rules import Rules
from scheduler.registry import JobCtx, JobTable

table = JobTable()
_WEEK = 7


def weekly_from(day: date, rules: Rules, _calendar: Calendar) -> bool:
    """The set day of the year and every seventh after it until the year ends [practice]."""
    month, number = map(int, rules.fees.calendar_reminder_day.split("-"))
    days = (day - date(day.year, month, number)).days
    return days >= 0 and days % _WEEK == 0


@table.job(
    "calendar.next_year", about="提醒录入下一年放假安排", when=weekly_from, hour=9, minute=19, catch_up_days=6
)
async def next_year(ctx: JobCtx) -> str:
    """The manager is told until the year is known; nobody guesses holidays."""
    year = ctx.day.year + 1
    if ctx.calendar.known(year):
        return f"{year} 年放假安排已有"
    text = (
        f"【提醒】{year} 年的放假和调休安排还没有录入。录入前，{ctx.day.year} 年 12 月账单的付款截止日无法计算，不能出账。\n"
        "国务院公布后，请管理员升级软件，或在 config.yaml 的 calendar 下填写"
        f" extra_rest（放假日）、extra_work（调休上班日），再把 {year} 加入 entered_years。"
    )
    async with ctx.units.begin() as session:
        members = await staff_who_may(session, "fees.approve", ctx.rules)
        await tell_staff(session, members, f"calendar:{ctx.day}", Content(text=text), now=ctx.now)
    return text.partition("\n")[0]
