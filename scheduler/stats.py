"""The month's figures to those who answer for them [manual 5.x, domain §12]."""

from __future__ import annotations

from datetime import date

from models.calendar.period import Month
from models.calendar.working_days import Calendar, CalendarUnknown
from models.kpi.board import board
from models.kpi.curve import chart_of
from models.kpi.desk import desk_month
from models.kpi.desk_words import desk_text
from models.kpi.words import board_text
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.people.staff import staff_who_may
from models.rules import Rules
from scheduler.registry import JobCtx, JobTable

table = JobTable()
SEE = "stats.see"


def first_working_day(day: date, _rules: Rules, calendar: Calendar) -> bool:
    """The first working day of a month; the first day where nobody has entered the year's holidays."""
    try:
        return calendar.nth_working_day(day.year, day.month, 1) == day
    except CalendarUnknown:
        return day.day == 1


@table.job(
    "stats.monthly",
    about="上月到期账单的指标和收缴进度图",
    when=first_working_day,
    hour=9,
    minute=11,
    catch_up_days=5,
)
async def month_figures(ctx: JobCtx) -> str:
    """About the bills that fell due in the month that has just ended: their collection is final now."""
    month = Month.of(ctx.day).plus(-2)
    async with ctx.units.begin() as session:
        if await chart_of(session, month, ctx.now, ctx.rules) is None:
            return f"{month.label}没有账单"
        text = board_text(month, await board(session, month, ctx.now, ctx.rules))
        picture = Content(file=f"chart:{month}", file_name=f"收缴进度-{month.label}.png")
        members = await staff_who_may(session, SEE, ctx.rules)
        for name, content in (("text", Content(text=text)), ("picture", picture)):
            await tell_staff(session, members, f"stats:{month}:{name}", content, now=ctx.now)
    return f"{month.label}的指标已发给 {len(members)} 人"


def first_day(day: date, _rules: Rules, _calendar: Calendar) -> bool:
    """The first of a month: the desk works every day."""
    return day.day == 1


@table.job(
    "stats.desk",
    about="上月服务台的指标和报修图",
    when=first_day,
    hour=9,
    minute=31,
    catch_up_days=5,
)
async def desk_figures(ctx: JobCtx) -> str:
    """To those above the desk and the manager: what was reported in the month that has just ended."""
    month = Month.of(ctx.day).previous()
    async with ctx.units.begin() as session:
        found = await desk_month(session, month, ctx.now, ctx.rules)
        if not any(found.counts.values()):
            return f"{month.label}没有报修、投诉和咨询"
        members = await staff_who_may(session, SEE, ctx.rules)
        leads = await staff_who_may(session, "case.close", ctx.rules)
        members += [lead for lead in leads if lead not in members]
        picture = Content(file=f"deskchart:{month}", file_name=f"报修-{month.label}.png")
        for name, content in (("text", Content(text=desk_text(found, ctx.rules))), ("picture", picture)):
            await tell_staff(session, members, f"stats:desk:{month}:{name}", content, now=ctx.now)
    return f"{month.label}的服务台指标已发给 {len(members)} 人"
