"""有偿: the assistant enters work that tenants pay for."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import Router, Side
from models.calendar.period import Month
from models.errors import UserError
from models.fees.charge_handover import by_unit, hand_over, handover_text
from models.fees.charging import charges_text, enter_charge, parse_charge, withdraw_charge
from models.fees.money import yuan
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.people.staff import staff_who_may

router = Router("staff_charges", Side.STAFF)


@router.command("有偿", may="fees.charges", usage="有偿 A-1203 更换门锁 120.50", about="记一笔有偿服务费")
async def charge(ctx: Ctx, rest: str) -> None:
    word, *argument = rest.split(maxsplit=1) or [""]
    if word == "撤销":
        await _withdraw(ctx, *argument or [""])
    elif word in ("提交", "汇总"):
        await _hand_over(ctx)
    elif rest:
        await _enter(ctx, rest)
    else:
        await ctx.reply(await charges_text(ctx.session, Month.of(ctx.today)))


async def _enter(ctx: Ctx, rest: str) -> None:
    entered, tenant = await enter_charge(ctx.session, parse_charge(rest), by=ctx.actor_key, now=ctx.now)
    amount = yuan(entered.amount_fen)
    await ctx.audit("charge.enter", f"charge:{entered.id}", name=entered.name, amount_fen=entered.amount_fen)
    await ctx.reply(
        f"已记（编号 {entered.id}）：{tenant.name} {entered.name} {amount} 元，计入 {entered.month} 账单。"
        f"有误请发送“有偿 撤销 {entered.id}”。"
    )


async def _hand_over(ctx: Ctx) -> None:
    """Finance gets the sums by unit; whoever adds something later hands them over again."""
    month = Month.of(ctx.today)
    units = await by_unit(ctx.session, month)
    row = await hand_over(ctx.session, month, units, by=ctx.actor_key, now=ctx.now)
    await ctx.audit("charge.hand_over", f"charges:{month}", charges=row.charges, amount_fen=row.amount_fen)
    text = handover_text(month, units)
    finance = await staff_who_may(ctx.session, "fees.bill", ctx.rules)
    key = f"charges:handed:{month}:{row.charges}:{row.amount_fen}"
    said = Content(text=f"【有偿服务汇总】{ctx.staff.name}提交。{text}")
    await tell_staff(ctx.session, finance, key, said, now=ctx.now)
    await ctx.reply(f"{text}\n已提交财务。之后再录入的，请再发一次“有偿 提交”。")


async def _withdraw(ctx: Ctx, argument: str) -> None:
    if not argument.isdecimal() or len(argument) > 9:
        raise UserError("请写明编号，例如：有偿 撤销 12。发送“有偿”看本月清单。")
    gone = await withdraw_charge(ctx.session, int(argument))
    await ctx.audit("charge.withdraw", f"charge:{gone.id}", name=gone.name, amount_fen=gone.amount_fen)
    await ctx.reply(f"已撤销：{gone.name} {yuan(gone.amount_fen)} 元。")
