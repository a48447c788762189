"""Letters nobody has signed for: a second message the day after, then the list for a visit [manual ¶4.6.6, –28]."""

from __future__ import annotations

from datetime import date, timedelta

from models.calendar.period import Month
from models.calendar.working_days import Calendar
from models.clock import local_date
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.notices.again import send_again, unsigned_of
from models.notices.sign_off import stands, summary, unsigned_lines
from models.notices.visit import DELIVER
from models.people.staff import staff_who_may
from models.rules import Rules
from scheduler.registry import JobCtx, JobTable, every_day

table = JobTable()
CHUNK = 50
MOST_LINES = 30
_VISIT_DAYS = frozenset({27, 28})


def visit_days(day: date, _rules: Rules, _calendar: Calendar) -> bool:
    """The 27th and 28th [manual flow chart: –28]."""
    return day.day in _VISIT_DAYS


@table.job(
    "notices.unsigned", about="未签收通知单的上门清单", when=visit_days, hour=9, minute=3, catch_up_days=4
)
async def visit_list(ctx: JobCtx) -> str:
    """The list as it stands now, to those who deliver. After downtime one list is enough, the later one."""
    month = Month.of(ctx.day)
    if any(ctx.day < date(month.year, month.month, later) <= local_date(ctx.now) for later in _VISIT_DAYS):
        return "由后一天的清单代替"
    async with ctx.units.begin() as session:
        found = await stands(session, str(month))
        if not any(stand.open for stand in found):
            return "没有未签收的通知单"
        lines = [f"【未签收清单】{month.label} {summary(found)}", *unsigned_lines(found, MOST_LINES)]
        lines.append("请上门派发，拍下签收联，再发送：送达 编号 签收人 身份。全部清单：签收表")
        members = await staff_who_may(session, DELIVER, ctx.rules)
        await tell_staff(session, members, f"unsigned:{ctx.day}", Content(text="\n".join(lines)), now=ctx.now)
    return summary(found)


@table.job(
    "notices.again",
    about="给前一天未签收的租户再次发送通知单",
    when=every_day,
    hour=10,
    minute=1,
    catch_up_days=4,
)
async def second_attempt(ctx: JobCtx) -> str:
    """Letters made the day before the scheduled day; each once, whenever the run happens."""
    async with ctx.units.begin() as session:
        ids = await unsigned_of(session, ctx.day - timedelta(days=1))
    sent = 0
    for start in range(0, len(ids), CHUNK):
        async with ctx.units.begin() as session:
            sent += await send_again(session, ids[start : start + CHUNK], ctx.now, ctx.rules)
    return f"再次发送 {sent} 份"
