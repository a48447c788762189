"""What is told one level up when a reminder of the month of fees was not heeded by the next working morning [domain §4]."""

from __future__ import annotations

from datetime import date

from models.calendar.period import Month
from models.calendar.working_days import Calendar
from models.fees.missing_readings import missing_meters
from models.fees.month_steps import charges_missing, holder_of_run
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.notices.ladder import working_days_after
from models.people.staff import staff_who_may
from models.rules import Rules
from scheduler.registry import DayRule, JobCtx, JobTable
from scheduler.reminders import bill_day, day_with_reason

table = JobTable()


def morning_after(day_of_month: int) -> DayRule:
    """The first working day after that day of the month."""
    return lambda day, _rules, calendar: day == _next_morning(_on(day, day_of_month), calendar)


def _on(day: date, day_of_month: int) -> date:
    """That day of the month in which the given day, or the working day before it, lies."""
    month = Month.of(day) if day.day > day_of_month else Month.of(day).previous()
    return date(month.year, month.month, min(day_of_month, month.days))


def _next_morning(day: date, calendar: Calendar) -> date:
    return working_days_after(day, 1, calendar)


def after_bill_day(day: date, rules: Rules, calendar: Calendar) -> bool:
    """The first working day after the bill day."""
    planned = bill_day(Month.of(day), rules, calendar).on
    if day <= planned:
        planned = bill_day(Month.of(day).previous(), rules, calendar).on
    return day == _next_morning(planned, calendar)


async def _tell_up(ctx: JobCtx, permission: str, name: str, text: str) -> str:
    async with ctx.units.begin() as session:
        members = await staff_who_may(session, permission, ctx.rules)
        content = Content(text=f"【请督办】{text}")
        await tell_staff(session, members, f"escalate:{name}:{ctx.day}", content, now=ctx.now)
    return text


@table.job(
    "escalate.charges",
    about="有偿服务未汇总，告知客服主管",
    when=morning_after(22),
    hour=9,
    minute=11,
    catch_up_days=3,
)
async def service_charges(ctx: JobCtx) -> str:
    """Finance has nothing after the reminder of the 22nd."""
    month = Month.of(_on(ctx.day, 22))
    async with ctx.units.begin() as session:
        missing = await charges_missing(session, month)
    if not missing:
        return "已提交财务"
    text = f"{month.label}有偿服务费{missing}，22 日已提醒客服助理。请督促今天核对并发送“有偿 提交”。"
    return await _tell_up(ctx, "fees.charges_lead", "charges", text)


@table.job(
    "escalate.meters",
    about="读数未抄齐，告知工程主管",
    when=morning_after(23),
    hour=9,
    minute=13,
    catch_up_days=3,
)
async def meters(ctx: JobCtx) -> str:
    """Meters are missing still after the list of the 23rd: how many in which building."""
    month = Month.of(_on(ctx.day, 23))
    async with ctx.units.begin() as session:
        missing = await missing_meters(session, month)
    if not missing:
        return "表已抄齐"
    total = sum(len(labels) for labels in missing.values())
    where = "、".join(f"{building} 座 {len(labels)} 块" for building, labels in missing.items())
    text = f"{month.label}还缺 {total} 块表的读数（{where}），23 日已提醒工程文员。请今天安排补抄，清单请发送：缺抄"
    return await _tell_up(ctx, "fees.meters_lead", "meters", text)


@table.job(
    "escalate.bills",
    about="账单未发出，告知项目经理",
    when=after_bill_day,
    hour=9,
    minute=17,
    catch_up_days=3,
)
async def bills(ctx: JobCtx) -> str:
    """The month's bills are not out the working day after the bill day: the manager hears who has them in hand."""
    month = Month.of(ctx.day)
    if ctx.day <= bill_day(month, ctx.rules, ctx.calendar).on:
        month = month.previous()
    async with ctx.units.begin() as session:
        holder = await holder_of_run(session, month)
    if holder is None:
        return "账单已发出"
    day = day_with_reason(month, ctx.rules, ctx.calendar)
    return await _tell_up(ctx, "fees.approve", "bills", f"{month.label}账单应于{day}发出，目前{holder[1]}。")
