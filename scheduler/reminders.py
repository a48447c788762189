"""Reminders of the month's steps that have not happened [manual flow chart, domain §4]."""

from __future__ import annotations

from datetime import date

from models.calendar.period import Month
from models.calendar.working_days import Calendar, CalendarUnknown, Shifted
from models.clock import local_date
from models.closing.close import CloseStatus, close_of
from models.closing.close_cards import MAKE, REVIEW
from models.closing.review import has_papers
from models.fees.missing_readings import missing_meters
from models.fees.month_steps import charges_missing, holder_of_run
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.people.staff import staff_who_may
from models.rules import Rules
from scheduler.registry import DayRule, JobCtx, JobTable

table = JobTable()
MOST_LABELS = 40
_FIRST_CLOSE_DAY = 3


def on_days(*days: int) -> DayRule:
    """These days of every month, rest days too."""
    return lambda day, _rules, _calendar: day.day in days


def bill_day(month: Month, rules: Rules, calendar: Calendar) -> Shifted:
    """The day on which bills should be out. In a year whose holidays nobody has entered it does not move."""
    planned = date(month.year, month.month, min(rules.fees.bill_day, month.days))
    try:
        return calendar.shift(planned, rules.fees.bill_day_shift)
    except CalendarUnknown:
        return Shifted(planned)


def on_bill_day(day: date, rules: Rules, calendar: Calendar) -> bool:
    """The bill day, moved off a rest day."""
    return bill_day(Month.of(day), rules, calendar).on == day


def day_with_reason(month: Month, rules: Rules, calendar: Calendar) -> str:
    """ "3月26日", or "4月24日（26 日为休息日，提前至 24 日）"."""
    day = bill_day(month, rules, calendar)
    return f"{day.on.month}月{day.on.day}日{f'（{day.reason}）' if day.reason else ''}"


async def _remind(ctx: JobCtx, permission: str, name: str, text: str) -> str:
    async with ctx.units.begin() as session:
        members = await staff_who_may(session, permission, ctx.rules)
        await tell_staff(
            session, members, f"remind:{name}:{ctx.day}", Content(text=f"【提醒】{text}"), now=ctx.now
        )
    return text


@table.job("remind.charges", about="有偿服务汇总提醒", when=on_days(22), hour=15, minute=1, catch_up_days=4)
async def service_charges(ctx: JobCtx) -> str:
    """To those who enter them, until finance has them: also where there are none [manual flow chart]."""
    month = Month.of(ctx.day)
    async with ctx.units.begin() as session:
        missing = await charges_missing(session, month)
    if not missing:
        return "已提交财务"
    text = (
        f"{month.label}有偿服务费{missing}。请今天录齐（有偿 单元 项目 金额），核对后发送“有偿 提交”；"
        "本月没有的，也请发送“有偿 提交”。"
    )
    return await _remind(ctx, "fees.charges", "charges", text)


@table.job("remind.meters", about="未抄表清单", when=on_days(23), hour=10, minute=3, catch_up_days=4)
async def meters(ctx: JobCtx) -> str:
    """The meters without a reading, by building, to those who read them."""
    month = Month.of(ctx.day)
    async with ctx.units.begin() as session:
        missing = await missing_meters(session, month)
    labels = [label for labels in missing.values() for label in labels]
    if not labels:
        return "表已抄齐"
    more = f" 等 {len(labels)} 块" if len(labels) > MOST_LABELS else f"，共 {len(labels)} 块"
    text = f"{month.label}还有电表、水表没有读数：{'、'.join(labels[:MOST_LABELS])}{more}。请今天补抄，发送：抄表"
    return await _remind(ctx, "fees.read_meters", "meters", text)


@table.job("remind.bills", about="出账提醒", when=on_bill_day, hour=10, minute=5, catch_up_days=4)
async def bills(ctx: JobCtx) -> str:
    """To whoever has the month's bills in hand, with the reason where the day has moved."""
    month = Month.of(ctx.day)
    async with ctx.units.begin() as session:
        holder = await holder_of_run(session, month)
    if holder is None:
        return "账单已发出"
    permission, next_step = holder
    reason = bill_day(month, ctx.rules, ctx.calendar).reason
    day = "今天" if local_date(ctx.now) == ctx.day else f"{ctx.day.month}月{ctx.day.day}日"
    text = f"{day}是{month.label}出账日{f'（{reason}）' if reason else ''}，{next_step}。"
    return await _remind(ctx, permission, "bills", text)


@table.job("remind.close", about="月结提醒", when=on_days(3, 5), hour=10, minute=9, catch_up_days=2)
async def month_close(ctx: JobCtx) -> str:
    """Last month's papers go to the archive [manual flow chart: 月初]: whoever holds them is asked until they are."""
    month = Month.of(ctx.day).previous()
    async with ctx.units.begin() as session:
        if not await has_papers(session, month):
            return "没有需要月结的"
        close = await close_of(session, month)
    if close and close.status in (CloseStatus.APPROVED, CloseStatus.SEALED):
        return f"{month.label}月结{close.status.words}"
    if close and close.status is CloseStatus.REVIEW:
        return await _remind(ctx, REVIEW, "close", f"{month.label}月结已提交，等待审核，请发送：月结 {month}")
    state = "已退回，请答复疑问后重新提交" if close else "还没有提交"
    text = f"请整理{month.label}的收费凭证和签收表，交财务主管审核归档（月结{state}）。请发送：月结 {month}"
    if ctx.day.day > _FIRST_CLOSE_DAY:
        late = f"{month.label}月结{state}，已提醒出纳员，请督促。"
        await _remind(ctx, REVIEW, "close:late", late)
    return await _remind(ctx, MAKE, "close", text)
