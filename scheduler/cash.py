"""The cashier's evening that was forgotten, and invoices that wait."""

from __future__ import annotations

from datetime import timedelta

from models.clock import local_date
from models.fees.day_close import unclosed_days
from models.invoices.words import MAY, overdue_text
from models.messages.content import Button, Content
from models.messages.tell import tell_staff
from models.people.staff import find_staff, name_of, staff_who_may
from scheduler.registry import JobCtx, JobTable, every_day

table = JobTable()
_MOST = 20


@table.job(
    "cash.evening",
    about="提醒收款员日结",
    when=every_day,
    hour=17,
    minute=41,
    catch_up_days=1,
    latest_only=True,
)
async def evening(ctx: JobCtx) -> str:
    """Each cashier with money of today that is not counted yet."""
    async with ctx.units.begin() as session:
        waiting = [each for each in await unclosed_days(session, ctx.day) if each[1] == ctx.day]
        for cashier, day, count in waiting:
            when = "今天" if local_date(ctx.now) == day else str(day)
            text = f"【提醒】{when}收款 {count} 笔，还没有日结。请清点现金后日结，发送“日结”看合计。"
            content = Content(text=text, buttons=(Button("say:日结", "日结"),))
            members = await find_staff(session, cashier.removeprefix("staff:"))
            await tell_staff(session, members, f"remind:evening:{day}", content, now=ctx.now)
    return f"未日结 {len(waiting)} 人"


@table.job(
    "cash.unclosed",
    about="前一天没有日结的清单",
    when=every_day,
    hour=9,
    minute=19,
    catch_up_days=3,
    latest_only=True,
)
async def unclosed(ctx: JobCtx) -> str:
    """To those who see all tills."""
    async with ctx.units.begin() as session:
        waiting = await unclosed_days(session, ctx.day - timedelta(days=1))
        if not waiting:
            return "都已日结"
        rows = [
            f"{await name_of(session, cashier)} {day}（{count} 笔）"
            for cashier, day, count in waiting[:_MOST]
        ]
        text = f"【提醒】没有日结的有 {len(waiting)} 天：{'、'.join(rows)}。请督促收款员清点后日结。"
        members = await staff_who_may(session, "fees.cash_all", ctx.rules)
        await tell_staff(session, members, f"remind:unclosed:{ctx.day}", Content(text=text), now=ctx.now)
    return text


@table.job(
    "invoices.waiting",
    about="待开票、待红冲的提醒",
    when=every_day,
    hour=9,
    minute=23,
    catch_up_days=3,
    latest_only=True,
)
async def invoices(ctx: JobCtx) -> str:
    """To finance, once a day, while something waits too long."""
    days = ctx.rules.invoices.within_days
    async with ctx.units.begin() as session:
        text = await overdue_text(session, ctx.scheduled_for - timedelta(days=days), days)
        if not text:
            return "没有久等的开票申请"
        members = await staff_who_may(session, MAY, ctx.rules)
        content = Content(text=f"【提醒】{text}")
        await tell_staff(session, members, f"remind:invoices:{ctx.day}", content, now=ctx.now)
    return text
