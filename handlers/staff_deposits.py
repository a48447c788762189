"""押金, 退押金, 清运: what a tenant pays once when it decorates, and gets back or not."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.picking import yes_or_no
from handlers.routing import Router, Side
from models.errors import UserError
from models.fees.charging import payer_in
from models.fees.clearance import enter_clearance, parse_clearance
from models.fees.deposit_refunds import BackWords, give_deposit_back, held, meant, parse_back
from models.fees.deposit_words import back_question, deposits_text, tell_deposit_back, tell_deposit_taken
from models.fees.depositing import (
    DepositWords,
    ask_for_deposit,
    parse_deposit,
    take_deposit,
    withdraw_deposit,
)
from models.fees.money import yuan
from models.messages.content import Button, Content

router = Router("staff_deposits", Side.STAFF)
MAY = "fees.charges|fees.cash"


@router.command(
    "押金", may=MAY, usage="押金 A-1203 装修押金 5000", about="登记押金，随账单收或当场收（后面写方式）"
)
async def deposit(ctx: Ctx, rest: str) -> None:
    word, *argument = rest.split(maxsplit=1) or [""]
    if word == "撤销":
        await _withdraw(ctx, *argument or [""])
    elif len(rest.split()) < 2:
        await ctx.reply(deposits_text(await meant(ctx.session, rest)))
    else:
        words = parse_deposit(rest, ctx.rules)
        await (_ask_taking(ctx, words, ctx.key) if words.method else _put_on_bill(ctx, words))


@router.step("deposit", "confirm", may="fees.cash")
async def deposit_confirmed(ctx: Ctx, answers: dict[str, object]) -> None:
    words, key = DepositWords.from_json(answers), str(answers["key"])
    answer = yes_or_no(ctx.message.text)
    if answer is None:
        await _ask_taking(ctx, words, key)
    elif answer:
        await _take(ctx, words, key)
    else:
        await ctx.reply("好的，没有收押金。")


@router.command(
    "退押金",
    may="fees.refund",
    usage="退押金 A-1203 装修押金 转账 验收合格",
    about="退还押金，写明方式和原因",
)
async def give_back(ctx: Ctx, rest: str) -> None:
    words = await parse_back(ctx.session, rest, ctx.rules)
    await _ask_back(ctx, words, ctx.key)


@router.step("deposit_back", "confirm", may="fees.refund")
async def back_confirmed(ctx: Ctx, answers: dict[str, object]) -> None:
    amount = answers["amount_fen"]
    words = BackWords(
        int(str(answers["deposit"])),
        None if amount is None else int(str(amount)),
        str(answers["method"]),
        str(answers["reason"]),
    )
    answer = yes_or_no(ctx.message.text)
    if answer is None:
        await _ask_back(ctx, words, str(answers["key"]))
    elif answer:
        await _back(ctx, words, str(answers["key"]))
    else:
        await ctx.reply("好的，没有退押金。")


@router.command("清运", may=MAY, usage="清运 A-1203", about="记装修垃圾清运费，按面积或写约定金额")
async def clearance(ctx: Ctx, rest: str) -> None:
    charge, tenant = await enter_clearance(ctx.session, parse_clearance(rest), by=ctx.actor_key, now=ctx.now)
    await ctx.audit("charge.enter", f"charge:{charge.id}", name=charge.name, amount_fen=charge.amount_fen)
    await ctx.reply(
        f"已记（编号 {charge.id}）：{tenant.name} {charge.name} {yuan(charge.amount_fen)} 元（{charge.basis}），"
        f"计入 {charge.month} 账单。有误请发送“有偿 撤销 {charge.id}”。"
    )


async def _put_on_bill(ctx: Ctx, words: DepositWords) -> None:
    entered, tenant = await ask_for_deposit(
        ctx.session, words, by=ctx.actor_key, message_key=ctx.key, now=ctx.now
    )
    amount = yuan(entered.amount_fen)
    await ctx.audit("deposit.ask", f"deposit:{entered.id}", name=entered.name, amount_fen=entered.amount_fen)
    await ctx.reply(
        f"已登记押金（编号 {entered.id}）：{tenant.name} {entered.name} {amount} 元，随 {entered.month} 账单收。",
        Button(f"say:押金 撤销 {entered.id}", "撤销"),
    )


async def _ask_taking(ctx: Ctx, words: DepositWords, key: str) -> None:
    if not ctx.staff.may("fees.cash", ctx.rules):
        raise UserError("当场收押金由收费员或出纳员办理。随账单收的，请去掉后面的方式再发。")
    unit, tenant = await payer_in(ctx.session, words.unit, ctx.now)
    reference = f"（{words.reference}）" if words.reference else ""
    text = (
        f"请确认收押金：{tenant.name} {unit.code} {words.name}，{words.method} {yuan(words.amount_fen)} 元{reference}。\n"
        "回复“是”入账，“否”取消。"
    )
    buttons = (Button("form:是", "确认收押金"), Button("form:否", "取消"))
    content = Content(title="确认收押金", text=text, buttons=buttons)
    await ctx.ask("deposit", "confirm", words.to_json() | {"key": key}, content)


async def _take(ctx: Ctx, words: DepositWords, key: str) -> None:
    taken, tenant, new = await take_deposit(
        ctx.session, words, by=ctx.actor_key, message_key=key, now=ctx.now
    )
    if new:
        detail = {"number": taken.number, "amount_fen": taken.amount_fen, "method": taken.method}
        await ctx.audit("deposit.take", f"deposit:{taken.id}", **detail)
        await tell_deposit_taken(ctx.session, taken, ctx.now)
    await ctx.reply(
        f"{'已入账' if new else '这笔已经入账'}：押金单 {taken.number}，{tenant.name} {taken.name} "
        f"{yuan(taken.amount_fen)} 元（{taken.method}，编号 {taken.id}），已告知租户。"
    )
    file = Content(file=f"deposit:receipt:{taken.id}", file_name=f"押金收据-{taken.number}.pdf")
    await ctx.reply(file, subject=f"deposit:{taken.id}")


async def _withdraw(ctx: Ctx, argument: str) -> None:
    if not argument.isdecimal() or len(argument) > 9:
        raise UserError("请写明编号，例如：押金 撤销 12。发送“押金”查看。")
    gone = await withdraw_deposit(ctx.session, int(argument))
    await ctx.audit("deposit.withdraw", f"deposit:{gone.id}", name=gone.name, amount_fen=gone.amount_fen)
    await ctx.reply(f"已撤销：{gone.name} {yuan(gone.amount_fen)} 元。")


async def _ask_back(ctx: Ctx, words: BackWords, key: str) -> None:
    found = await held(ctx.session, words.deposit_id)
    if words.amount_fen and words.amount_fen > found.held_fen:
        raise UserError(
            f"这笔押金现押 {yuan(found.held_fen)} 元，不能退 {yuan(words.amount_fen)} 元。请核对后重发。"
        )
    answers: dict[str, object] = {
        "deposit": words.deposit_id, "amount_fen": words.amount_fen, "method": words.method,
        "reason": words.reason, "key": key,
    }  # fmt: skip
    buttons = (Button("form:是", "确认退还"), Button("form:否", "取消"))
    content = Content(title="确认退押金", text=back_question(found, words), buttons=buttons)
    await ctx.ask("deposit_back", "confirm", answers, content)


async def _back(ctx: Ctx, words: BackWords, key: str) -> None:
    refund, found, new = await give_deposit_back(
        ctx.session, words, by=ctx.actor_key, message_key=key, now=ctx.now
    )
    if new:
        detail = {"number": refund.number, "amount_fen": refund.amount_fen, "method": refund.method}
        await ctx.audit("deposit.refund", f"deposit:{words.deposit_id}", **detail, reason=refund.reason)
        await tell_deposit_back(ctx.session, found, refund, ctx.now)
    await ctx.reply(
        f"{'已登记' if new else '此前已登记'}退押金 {refund.number}：{found.tenant} {found.deposit.name} "
        f"{yuan(refund.amount_fen)} 元（{refund.method}）。{found.state()}。请打印退还单请领款人签字。"
    )
    file = Content(file=f"deposit:back:{refund.id}", file_name=f"押金退还单-{refund.number}.pdf")
    await ctx.reply(file, subject=f"deposit:{words.deposit_id}")
