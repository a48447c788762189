"""统计, 原因: how the month did against its targets, what is behind a figure, and why."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import Router, Side, allowed
from handlers.staff_desk_stats import DESK, PICTURE, desk_statistics
from handlers.staff_late import DESK_WORK, note_late, why_card
from models.calendar.period import Month
from models.cases.complaint_person import may_read
from models.cases.lateness import find_late, is_item
from models.errors import UserError
from models.kpi.board import board, find_miss, latest_billed, measure, note_reason
from models.kpi.curve import chart_of
from models.kpi.desk import CLOCKS
from models.kpi.measure import Kpi, Measure
from models.kpi.words import MOST, board_text, detail_text
from models.messages.content import Button, Content
from models.messages.spill import spill

router = Router("staff_stats", Side.STAFF)
SEE = "stats.see"
_EXPLAIN = "stats.see|fees.see|notice.deliver"
_KPIS = {word + ending: word for word in Kpi for ending in ("", "率")}


@router.command(
    "统计",
    may=f"{SEE}|case.close",
    usage="统计 收缴 3月",
    about="收费和服务台的指标、明细、图（统计 图；统计 报修）",
)
async def statistics(ctx: Ctx, rest: str) -> None:
    words = rest.split()
    kpi = next((_KPIS[word] for word in words if word in _KPIS), None)
    fees = allowed(ctx.actor, SEE, ctx.rules)
    if set(words) & set(DESK) or (not fees and kpi is None):
        await desk_statistics(ctx, words)
        return
    if not fees and kpi not in CLOCKS:
        raise UserError("收费指标您没有权限查看。服务台的请发：统计 报修。")
    months = [word for word in words if word not in _KPIS and word != PICTURE]
    present = Month.of(ctx.today)
    usual = present if kpi in CLOCKS else await latest_billed(ctx.session, present)
    month = Month.parse(months[0], ctx.today) if months else usual
    if PICTURE in words:
        await _picture(ctx, month)
    elif kpi:
        await _detail(ctx, await measure(ctx.session, kpi, month, ctx.now, ctx.rules))
    else:
        await _board(ctx, month)


@router.command(
    "原因",
    may=f"{_EXPLAIN}|{DESK_WORK}",
    usage="原因 ZD-202603-0001 资金周转",
    about="给未达标的一项写明原因",
)
async def reason(ctx: Ctx, rest: str) -> None:
    number, _, text = rest.partition(" ")
    if is_item(number):
        await _late_reason(ctx, number, text.strip())
        return
    if not allowed(ctx.actor, _EXPLAIN, ctx.rules):
        raise UserError("您没有这项权限。报修、投诉的超时请写编号，例如：原因 R07-接单 人手不足。")
    miss = await find_miss(ctx.session, number, ctx.now, ctx.rules)
    if text.strip():
        await _note(ctx, miss.item, text)
    else:
        await _ask(ctx, miss.item, f"{miss.item} {miss.who}：{miss.what}")


async def _late_reason(ctx: Ctx, item: str, text: str) -> None:
    """Of a target of the desk: the reason itself, or the card to choose one."""
    found = await find_late(ctx.session, item)
    if found is None or not await may_read(ctx.session, found[0], ctx.staff, ctx.rules):
        raise UserError(f"{item[:20]} 没有列在超时明细里，不需要写原因。")
    late = found[1]
    if not text:
        await ctx.reply(why_card(late, ctx.rules.desk.late_reasons), subject=f"deadline:{late.deadline_id}")
        return
    code, _, note = text.partition(" ")
    await note_late(ctx, late, code, note)


@router.press("miss", may=_EXPLAIN)
async def ask_reason(ctx: Ctx, argument: str) -> None:
    miss = await find_miss(ctx.session, argument, ctx.now, ctx.rules)
    await _ask(ctx, miss.item, f"{miss.item} {miss.who}：{miss.what}")


@router.step("miss_reason", "code", may=_EXPLAIN)
async def reason_given(ctx: Ctx, answers: dict[str, object]) -> None:
    await _note(ctx, str(answers["item"]), ctx.message.text)


async def _board(ctx: Ctx, month: Month) -> None:
    measures = await board(ctx.session, month, ctx.now, ctx.rules)
    if all(each.rate is None for each in measures):
        raise UserError(f"{month.label}还没有可以统计的数据，请换一个月份，例如：统计 3月。")
    buttons = (
        *(Button(f"say:统计 {each.kpi} {month}", f"{each.kpi}明细") for each in measures),
        Button(f"say:统计 {PICTURE} {month}", "收缴图"),
    )
    for part in spill(Content(title="收费指标", text=board_text(month, measures), buttons=buttons)):
        await ctx.reply(part)


async def _detail(ctx: Ctx, found: Measure) -> None:
    await ctx.reply(detail_text(found))
    if len(found.misses) > MOST:
        await ctx.audit(
            "export", f"export:misses:{found.kpi.name}", month=str(found.month), rows=len(found.misses)
        )
        file = f"misses:{found.kpi.name}:{found.month}"
        await ctx.reply(Content(file=file, file_name=f"{found.name}明细-{found.month.label}.xlsx"))
    if waiting := found.unexplained:
        first = waiting[0]
        text = f"还有 {len(waiting)} 项没有写原因。下一项：{first.item} {first.who}"
        key = f"say:原因 {first.item}" if is_item(first.item) else f"miss:{first.item}"
        await ctx.reply(Content(title="补写原因", text=text, buttons=(Button(key, "写原因"),)))


async def _picture(ctx: Ctx, month: Month) -> None:
    chart = await chart_of(ctx.session, month, ctx.now, ctx.rules)
    if chart is None:
        raise UserError(f"{month.label}还没有账单，画不出收缴进度。请换一个月份，例如：统计 图 3月。")
    await ctx.reply(Content(file=f"chart:{month}", file_name=f"收缴进度-{month.label}.png"))


async def _ask(ctx: Ctx, item: str, what: str) -> None:
    codes = ctx.rules.kpi.reasons
    text = f"{what}\n是什么原因？请选择，或写“原因代码 说明”：{'、'.join(codes)}"
    buttons = tuple(Button(f"form:{code}", code) for code in codes[:6])
    await ctx.ask(
        "miss_reason", "code", {"item": item}, Content(title="未达标原因", text=text, buttons=buttons)
    )


async def _note(ctx: Ctx, item: str, text: str) -> None:
    code, _, note = text.strip().partition(" ")
    row = await note_reason(
        ctx.session, item, code, note, by=ctx.actor_key, now=ctx.now, reasons=ctx.rules.kpi.reasons
    )
    await ctx.audit("kpi.reason", f"miss:{item}", code=row.code, note=row.note)
    await ctx.reply(f"已记录 {item} 的原因：{row.code}{f'（{row.note}）' if row.note else ''}。")
