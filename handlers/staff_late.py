"""Why a target was missed: asked of whoever met it late, answered by one tap."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import Router, Side
from models.cases.case import Case, Deadline
from models.cases.lateness import Late, just_met, lates
from models.errors import UserError
from models.kpi.board import note_reason
from models.messages.content import Button, Content
from models.messages.tell import close_cards

router = Router("staff_late", Side.STAFF)

DESK_WORK = "case.work|case.dispatch|case.close|complaint.handle|desk.answer"
_MOST_BUTTONS = 6


async def ask_why(ctx: Ctx, case: Case) -> None:
    """One card for each target that was met just now, and late."""
    for late in await just_met(ctx.session, case, ctx.now):
        await ctx.reply(why_card(late, ctx.rules.desk.late_reasons), subject=_subject(late.deadline_id))


def why_card(late: Late, reasons: tuple[str, ...]) -> Content:
    """The reasons as buttons; the last, 其他, is always among them."""
    listed = list(enumerate(reasons))
    chosen = listed if len(listed) <= _MOST_BUTTONS else [*listed[: _MOST_BUTTONS - 1], listed[-1]]
    buttons = tuple(Button(f"late:{late.deadline_id}:{place}", reason[:10]) for place, reason in chosen)
    text = f"{late.label}{late.late_text}，是什么原因？点选一项，或发“原因 {late.item} 原因 说明”。"
    return Content(title=f"超时原因 {late.item}", text=text, buttons=buttons)


@router.press("late", may=DESK_WORK)
async def why(ctx: Ctx, argument: str) -> None:
    """ "<deadline id>:<place of the reason>"."""
    number, _, place = argument.partition(":")
    reasons = ctx.rules.desk.late_reasons
    row = await ctx.session.get(Deadline, int(number)) if number.isdecimal() and len(number) < 10 else None
    if row is None or not place.isdecimal() or int(place) >= len(reasons):
        raise UserError("这个按钮已经失效。发送“统计 报修”查看未写原因的超时。")
    case = await ctx.session.get_one(Case, row.case_id)
    late = next((each for each in await lates(ctx.session, case) if each.deadline_id == row.id), None)
    if late is None:
        raise UserError("这一步没有超时，不用写原因。")
    await note_late(ctx, late, reasons[int(place)], "")


async def note_late(ctx: Ctx, late: Late, code: str, note: str) -> None:
    """On record, and the question is gone from every phone."""
    reasons = ctx.rules.desk.late_reasons
    row = await note_reason(
        ctx.session, late.item, code, note, by=ctx.actor_key, now=ctx.now, reasons=reasons
    )
    await ctx.audit("kpi.reason", f"miss:{late.item}", code=row.code, note=row.note)
    await close_cards(ctx.session, _subject(late.deadline_id), f"原因：{row.code}", ctx.now)
    await ctx.reply(f"已记录 {late.item} 的原因：{row.code}{f'（{row.note}）' if row.note else ''}。")


def _subject(deadline_id: int) -> str:
    return f"deadline:{deadline_id}"
