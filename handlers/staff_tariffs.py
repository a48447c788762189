"""单价, 公摊, 违约金: what bills are reckoned with."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import Router, Side
from models.calendar.period import Month
from models.errors import UserError
from models.fees.bill_lines import plain
from models.fees.penalty_words import penalties_text, waive
from models.fees.pool_words import pause_pool, pools_text, resume_pool
from models.fees.tariff_change import parse_price, prices_text, set_price, takes_effect, withdraw_price

router = Router("staff_tariffs", Side.STAFF)


@router.command("单价", may="fees.see", usage="单价", about="看现行单价；财务可定将来的单价")
async def price(ctx: Ctx, rest: str) -> None:
    word, *argument = rest.split(maxsplit=1) or [""]
    if not rest:
        await ctx.reply(await prices_text(ctx.session, ctx.today))
        return
    _must(ctx, "fees.bill", "调整单价由财务主管办理。发送“单价”查看现价。")
    if word == "撤销":
        gone = await withdraw_price(ctx.session, " ".join(argument), ctx.today)
        await ctx.audit("tariff.withdraw", f"tariff:{gone.code}", from_on=gone.from_on.isoformat())
        await ctx.reply(f"已撤销：{gone.code} {gone.from_on} 起 {plain(gone.price_yuan)} 元/{gone.per}。")
        return
    before, row = await set_price(ctx.session, parse_price(rest, ctx.today), ctx.today)
    await ctx.audit(
        "tariff.set",
        f"tariff:{row.code}",
        price_yuan=plain(row.price_yuan),
        from_on=row.from_on.isoformat(),
        before=plain(before.price_yuan),
    )
    await ctx.reply(
        f"已定：{row.code} {row.from_on} 起 {plain(row.price_yuan)} 元/{row.per}"
        f"（此前 {plain(before.price_yuan)}）。{takes_effect(row)}。\n"
        f"请先按规定公示。有误请发送“单价 撤销 {row.code} {row.from_on}”。"
    )


@router.command("公摊", may="fees.see", usage="公摊", about="看公摊的总表、范围和金额；财务可暂缓一个月")
async def pools(ctx: Ctx, rest: str) -> None:
    word, *argument = rest.split(maxsplit=1) or [""]
    if word not in ("暂缓", "恢复"):
        await ctx.reply(await pools_text(ctx.session, Month.of(ctx.today)))
        return
    _must(ctx, "fees.bill", "公摊的暂缓和恢复由财务主管办理。")
    if word == "暂缓":
        pool, month = await pause_pool(ctx.session, *argument or [""], by=ctx.actor_key, now=ctx.now)
        text = f"公摊“{pool.name}”{month.label}暂缓，用量并入下月。请重新发送“出账 {month}”。"
    else:
        pool, month = await resume_pool(ctx.session, *argument or [""], now=ctx.now)
        text = f"公摊“{pool.name}”{month.label}恢复分摊。请重新发送“出账 {month}”。"
    await ctx.audit(f"pool.{'pause' if word == '暂缓' else 'resume'}", f"pool:{pool.id}", month=str(month))
    await ctx.reply(text)


@router.command("违约金", may="fees.see", usage="违约金", about="看合同约定和累计违约金；项目经理可免收")
async def penalties(ctx: Ctx, rest: str) -> None:
    word, *argument = rest.split(maxsplit=1) or [""]
    if word not in ("免", "免收"):
        await ctx.reply(await penalties_text(ctx.session, ctx.today, ctx.rules))
        return
    _must(ctx, "fees.approve", "免收违约金由项目经理批准。")
    bill = await waive(ctx.session, *argument or [""], by=ctx.actor_key, now=ctx.now)
    await ctx.audit("penalty.waive", f"bill:{bill.id}", number=bill.number, reason=argument[0])
    await ctx.reply(f"已免收 {bill.number} 的违约金。已经计入账单的，下一份账单退回。")


def _must(ctx: Ctx, permission: str, sentence: str) -> None:
    if not ctx.staff.may(permission, ctx.rules):
        raise UserError(sentence)
