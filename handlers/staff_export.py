"""导出: tables as workbooks, for those who may take them out; each is put on record."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import Router, Side, allowed
from models.calendar.period import Month
from models.errors import UserError
from models.exports import EXPORTS
from models.exports.table import Asked, ExportForm, log_export
from models.messages.content import Content

router = Router("staff_export", Side.STAFF)


@router.command("导出", may="data.export", usage="导出 欠费", about="导出表格（xlsx），每次导出都有记录")
async def export(ctx: Ctx, rest: str) -> None:
    word, _, month = rest.partition(" ")
    form = _form(ctx, word)
    asked = Asked(
        Month.parse(month, ctx.today) if month.strip() else Month.of(ctx.today),
        ctx.now,
        ctx.rules,
        full_numbers=ctx.staff.may("people.see_full", ctx.rules),
    )
    rows = len((await form.table(ctx.session, asked)).rows)
    label = form.label(asked.month)
    if not rows:
        raise UserError(
            f"{label}没有可导出的内容。{'请换一个月份，例如：导出 账单 3月。' if form.monthly else ''}"
        )
    await log_export(
        ctx.session,
        form,
        asked,
        rows,
        by=ctx.actor_key,
        message_key=f"{ctx.message.channel}:{ctx.message.key}",
    )
    await ctx.reply(f"正在导出{label}，共 {rows} 行，表格随后发到。本次导出已记录，请妥善保管。")
    numbers = "full" if asked.full_numbers else "masked"
    await ctx.reply(
        Content(file=f"export:{form.code}:{asked.month}:{numbers}", file_name=f"{label}-{ctx.today}.xlsx")
    )


def _form(ctx: Ctx, word: str) -> ExportForm:
    """The kind this person means. Raises UserError with those there are for them."""
    mine = [form for form in EXPORTS if allowed(ctx.actor, form.may, ctx.rules)]
    found = next((form for form in mine if form.word == word), None)
    if found is None:
        raise UserError(
            f"请写明导出什么：{'、'.join(form.word for form in mine)}。例如：导出 欠费，导出 账单 3月。"
        )
    return found
