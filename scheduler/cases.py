"""Daily work on cases: closing what nobody answered, calling back, handing over, forgetting forms that ran out."""

from __future__ import annotations

from models.cases.call_back import call_list_text, draw, to_call
from models.cases.hand_over import changing, hand_over_texts
from models.cases.unanswered import close_inquiries, close_unanswered, complaints_to_confirm
from models.messages.content import Content
from models.messages.conversation import forget_expired
from models.messages.tell import tell_staff
from models.people.staff import on_shift_first, staff_who_may
from scheduler.registry import JobCtx, JobTable, every_day

table = JobTable()
CHUNK = 50


@table.job(
    "cases.close_unanswered",
    about="完工后租户一直没有答复的报修自动关闭",
    when=every_day,
    hour=9,
    minute=7,
    catch_up_days=7,
)
async def close_silent(ctx: JobCtx) -> str:
    """Closes finished repairs after `repair.confirm_h` without a word."""
    closed: list[str] = []
    while True:
        async with ctx.units.begin() as session:
            numbers = await close_unanswered(session, ctx.scheduled_for, ctx.now, ctx.rules, CHUNK)
        closed += numbers
        if len(numbers) < CHUNK:
            return f"自动关闭 {len(closed)} 单"


@table.job(
    "cases.close_inquiries",
    about="回复后租户没有再问的咨询自动办结",
    when=every_day,
    hour=9,
    minute=9,
    catch_up_days=7,
)
async def close_answered(ctx: JobCtx) -> str:
    """Closes answered questions after `inquiry.close_h` without a word."""
    closed: list[str] = []
    while True:
        async with ctx.units.begin() as session:
            numbers = await close_inquiries(session, ctx.scheduled_for, ctx.now, ctx.rules, CHUNK)
        closed += numbers
        if len(numbers) < CHUNK:
            return f"自动办结 {len(closed)} 条咨询"


@table.job(
    "cases.call_back",
    about="已答复而租户没有表态的投诉，请主管回访",
    when=every_day,
    hour=9,
    minute=11,
    catch_up_days=7,
)
async def call_back(ctx: JobCtx) -> str:
    """One list to those who may close complaints."""
    async with ctx.units.begin() as session:
        waiting = await complaints_to_confirm(session, ctx.scheduled_for, ctx.rules)
        if waiting:
            lines = [f"{case.number} {case.description[:30]}" for case in waiting]
            text = "\n".join(
                ["【请回访】投诉已答复，租户还没有表态：", *lines, "确认满意后发：办结 单号 情况"]
            )
            leads = await staff_who_may(session, "case.close", ctx.rules)
            key = f"complaints:{ctx.day}"
            await tell_staff(session, leads, key, Content(text=text), now=ctx.now)
    return f"请回访 {len(waiting)} 件投诉"


@table.job(
    "cases.call_list",
    about="抽取昨天关闭的报修，请客服回访",
    when=every_day,
    hour=9,
    minute=19,
    catch_up_days=7,
)
async def call_list(ctx: JobCtx) -> str:
    """Draws lots among what was closed in a day, and sends the list of all that wait to the desk."""
    async with ctx.units.begin() as session:
        drawn = await draw(session, ctx.day, ctx.scheduled_for, ctx.rules)
        if text := await call_list_text(session, await to_call(session), numbers=False):
            desk = await staff_who_may(session, "complaint.handle", ctx.rules)
            members = on_shift_first(desk, ctx.now, ctx.rules)
            await tell_staff(session, members, f"callback:{ctx.day}", Content(text=text), now=ctx.now)
    return f"抽取回访 {drawn} 单"


async def hand_over(ctx: JobCtx) -> str:
    """What is open goes to those who leave, those who come and those who stay; nobody is woken."""
    async with ctx.units.begin() as session:
        members = await staff_who_may(session, "case.dispatch", ctx.rules)
        members += [m for m in await staff_who_may(session, "case.work", ctx.rules) if m not in members]
        present = changing(members, ctx.scheduled_for, ctx.rules)
        texts = await hand_over_texts(session, present, ctx.now, ctx.rules)
        for member, text in texts:
            key, content = f"handover:{ctx.scheduled_for:%Y-%m-%dT%H:%M}", Content(text=text)
            await tell_staff(session, [member], key, content, now=ctx.now)
    return f"交接发给 {len(texts)} 人"


for _hour, _minute in ((8, 30), (14, 0), (22, 0)):
    table.job(
        f"cases.hand_over_{_hour}",
        about=f"交接（{_hour}:{_minute:02}）：未完的单发给交班、接班和在岗的人",
        when=every_day,
        hour=_hour,
        minute=_minute,
        catch_up_days=1,
        latest_only=True,
    )(hand_over)


@table.job("forms.forget", about="清理过期的问答", when=every_day, hour=3, minute=17, catch_up_days=30)
async def forget_forms(ctx: JobCtx) -> str:
    """Deletes forms whose half hour is over."""
    async with ctx.units.begin() as session:
        return f"清理 {await forget_expired(session, ctx.now)} 条"
