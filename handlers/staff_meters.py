"""抄表: the engineering clerk hands in readings and tells what happened to meters."""

from __future__ import annotations

from decimal import Decimal

from handlers.context import Ctx
from handlers.picking import yes_or_no
from handlers.reading_photos import expect_photo, show_photos
from handlers.routing import Router, Side
from models.calendar.period import Month
from models.errors import UserError
from models.fees.estimating import propose, put_in
from models.fees.meter import Meter
from models.fees.meter_events import (
    change_day,
    confirm_reading,
    hand_over,
    handover_day,
    replace_meter,
    roll_over,
)
from models.fees.meter_index import find_meter
from models.fees.meter_words import parse_change, parse_estimate, parse_meter_value
from models.fees.missing_readings import missing_meters, open_questions
from models.fees.reading_history import history_text
from models.fees.reading_intake import take_readings
from models.fees.reading_upload import open_link
from models.fees.reading_words import building_text, intake_content, missing_text, questions_content
from models.fees.readings_ready import tell_if_ready
from models.messages.content import Button, Content
from models.messages.spill import spill
from models.people.unit import find_building

router = Router("staff_meters", Side.STAFF)
MAY = "fees.read_meters"
SUBJECT = "readings"


@router.command("抄表", may=MAY, usage="抄表 A-1203 电 15820.5", about="录入水电表读数，可一次多行")
async def read_meters(ctx: Ctx, rest: str) -> None:
    word, *argument = rest.split(maxsplit=1) or [""]
    if special := _SPECIAL.get(word):
        await special(ctx, *argument or [""])
    elif rest:
        await _take(ctx, rest)
    else:
        month = Month.of(ctx.today)
        missing = missing_text(month.label, await missing_meters(ctx.session, month))
        await ctx.ask(
            "readings", "lines", {}, f"请粘贴读数，每行一块表，例如：\nA-1203 电 15820.5\n{missing}"
        )


@router.step("readings", "lines", may=MAY)
async def paste_lines(ctx: Ctx, _answers: dict[str, object]) -> None:
    await _take(ctx, ctx.message.text)


@router.command("缺抄", may=MAY, usage="缺抄 3月 A", about="看还缺哪些表的读数，按楼栋和路线")
async def show_missing(ctx: Ctx, rest: str) -> None:
    """Without a building all of them, long lists cut; with one the whole round through it."""
    building, month = "", Month.of(ctx.today)
    for word in rest.split():
        if named := await find_building(ctx.session, word):
            building = named
        else:
            month = Month.parse(word, ctx.today)
    missing = await missing_meters(ctx.session, month)
    if building:
        await ctx.reply(building_text(month.label, building, missing.get(building, [])))
    else:
        await ctx.reply(missing_text(month.label, missing))


@router.press("reading_ok", may=MAY)
async def confirm(ctx: Ctx, argument: str) -> None:
    if not argument.isdecimal() or len(argument) > 9:
        raise UserError("这个按钮已经失效。发送“抄表 待确认”查看。")
    row = await confirm_reading(ctx.session, int(argument))
    await ctx.audit("reading.confirm", f"meter:{row.meter_id}", month=row.month, value=f"{row.value:f}")
    await ctx.session.flush()
    left = await open_questions(ctx.session)
    await tell_if_ready(ctx.session, Month.parse(row.month, ctx.today), ctx.now, ctx.rules)
    done = f"已确认 {row.value:f}。"
    await ctx.reply(
        f"{done}还有 {len(left)} 条待确认，发送“抄表 待确认”查看。" if left else f"{done}没有待确认的读数了。"
    )


async def _take(ctx: Ctx, text: str) -> None:
    intake = await take_readings(ctx.session, text, by=ctx.actor_key, now=ctx.now, rules=ctx.rules)
    missing = await missing_meters(ctx.session, intake.month)
    if intake.stored:
        await ctx.audit(
            "readings.take", f"month:{intake.month}", stored=intake.stored, corrected=intake.corrected
        )
    for part in spill(intake_content(intake, sum(map(len, missing.values())))):
        await ctx.reply(part, subject=SUBJECT)
    if intake.questions:
        await expect_photo(ctx)
    elif intake.stored:
        await tell_if_ready(ctx.session, intake.month, ctx.now, ctx.rules)


async def _open(ctx: Ctx, _rest: str) -> None:
    questions = await open_questions(ctx.session)
    content = questions_content(questions) if questions else Content(text="没有待确认的读数。")
    for part in spill(content):
        await ctx.reply(part, subject=SUBJECT)


async def _change(ctx: Ctx, rest: str) -> None:
    words = parse_change(rest, ctx.today)
    meter = await find_meter(ctx.session, words.who)
    on = words.on or await change_day(ctx.session, meter, ctx.today)
    new = await replace_meter(
        ctx.session,
        meter,
        old_final=words.old_final,
        new_first=words.new_first,
        multiplier=words.multiplier,
        on=on,
        by=ctx.actor_key,
    )
    if new:
        await ctx.audit("meter.replace", f"meter:{meter.id}", words=rest, on=on.isoformat())
    done = f"已登记 {meter.number} 于 {on} 换表" if new else f"{meter.number} 这次换表已经登记过"
    await ctx.reply(f"{done}：旧止 {words.old_final:f}，新起 {words.new_first:f}。请接着发送新表读数。")


async def _roll_over(ctx: Ctx, rest: str) -> None:
    words = parse_meter_value(rest, ctx.today, "抄表 翻转 E-A1203 00012")
    meter = await find_meter(ctx.session, words.who)
    new = await roll_over(ctx.session, meter, words.value, digits=words.digits, by=ctx.actor_key, now=ctx.now)
    if new:
        await ctx.audit("reading.roll_over", f"meter:{meter.id}", value=f"{words.value:f}")
    await ctx.reply(f"{meter.number} 走满归零，本月读数 {words.value:f} {'已记下' if new else '之前已记'}。")


async def _hand_over(ctx: Ctx, rest: str) -> None:
    words = parse_meter_value(rest, ctx.today, "抄表 交接 E-A1203 15900 2026-03-10")
    meter = await find_meter(ctx.session, words.who)
    on = words.on or await handover_day(ctx.session, meter.unit_id, ctx.today)
    new = await hand_over(ctx.session, meter, words.value, on=on, by=ctx.actor_key)
    if new:
        await ctx.audit("meter.hand_over", f"meter:{meter.id}", value=f"{words.value:f}", on=on.isoformat())
    await ctx.reply(f"{meter.number} {on} 的交接读数 {words.value:f} {'已记下' if new else '之前已记'}。")


async def _estimate(ctx: Ctx, rest: str) -> None:
    words = parse_estimate(rest, ctx.today)
    meter = await find_meter(ctx.session, words.who)
    await _ask_estimate(ctx, meter, words.value, words.month)


async def _ask_estimate(ctx: Ctx, meter: Meter, value: Decimal | None, month: Month) -> None:
    found = await propose(ctx.session, meter, value, month, now=ctx.now, rules=ctx.rules)
    answers = {
        "meter": meter.number,
        "month": str(month),
        "value": f"{found.value:f}",
        "named": value is not None,
    }
    buttons = (Button("form:是", "记下估读"), Button("form:否", "取消"))
    await ctx.ask(
        "estimate", "confirm", answers, Content(title="确认估读", text=found.text(meter), buttons=buttons)
    )


@router.step("estimate", "confirm", may=MAY)
async def estimate_confirmed(ctx: Ctx, answers: dict[str, object]) -> None:
    meter = await find_meter(ctx.session, str(answers["meter"]))
    month, value = Month.parse(str(answers["month"]), ctx.today), Decimal(str(answers["value"]))
    answer = yes_or_no(ctx.message.text)
    if answer is False:
        await ctx.reply("好的，没有估读。")
    elif answer:
        found = await propose(ctx.session, meter, value, month, now=ctx.now, rules=ctx.rules)
        await put_in(ctx.session, meter, found, by=ctx.actor_key, now=ctx.now)
        await ctx.audit("reading.estimate", f"meter:{meter.id}", month=str(month), value=f"{value:f}")
        await ctx.reply(f"{meter.number} {month.label}估读 {value:f} 已记下，账单上标“估”。")
    else:
        await _ask_estimate(ctx, meter, value if answers["named"] else None, month)


async def _hand_out_sheet(ctx: Ctx, rest: str) -> None:
    """A link of the member's own; the one before it ends."""
    month = Month.parse(rest, ctx.today) if rest else Month.of(ctx.today)
    if month > Month.of(ctx.today):
        raise UserError(f"{month.label}还没有到，请核对月份。")
    hours = ctx.rules.fees.upload_link_hours
    token = await open_link(ctx.session, ctx.staff, month, ctx.now, hours)
    await ctx.audit("readings.link", f"month:{month}")
    text = (
        f"{month.label}抄表表格：打开链接下载，填好“本次读数”后在同一页上传。"
        f"链接只供您本人使用，{hours}小时内有效，请勿转发。"
    )
    await ctx.reply(Content(text=text, url=f"{ctx.rules.public_url}/m/{token}"))


async def _show_history(ctx: Ctx, rest: str) -> None:
    """A meter's readings with their corrections."""
    if not rest:
        raise UserError("请写明哪一块表，例如：抄表 记录 A-1203 电")
    await ctx.reply(await history_text(ctx.session, await find_meter(ctx.session, rest)))


_SPECIAL = {
    "缺": show_missing, "待确认": _open, "换表": _change, "翻转": _roll_over, "交接": _hand_over, "照片": show_photos,
    "估": _estimate, "估读": _estimate, "表格": _hand_out_sheet, "记录": _show_history,
}  # fmt: skip
