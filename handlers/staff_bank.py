"""对账: lines of the bank's statement find their tenants. Nothing is booked without somebody's word."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Ctx
from handlers.picking import the_payer, yes_or_no
from handlers.routing import Router, Side
from models.bank.cards import line_card, read_numbers, read_parts
from models.bank.deciding import Part, book, decide_again, link_payment, link_refund, not_rent
from models.bank.facts import gather, line_facts
from models.bank.line import BankLine, LineStatus, lock_line, open_lines, rest_fen
from models.bank.overview import (
    MOST_ROWS,
    lines_text,
    missing_text,
    not_on_statement,
    overview_text,
    sure_lines,
    sure_text,
)
from models.bank.picked import parse_picked
from models.errors import UserError
from models.fees.account import lock_accounts
from models.fees.bill import unpaid_bills
from models.fees.money import yuan
from models.fees.receipt_words import tell_payer, where_it_went
from models.fees.receiving import Received
from models.fees.wanted import bills_meant
from models.messages.content import Button, Content
from models.messages.tell import close_cards
from models.people.tenant import Tenant
from models.uploads.link import UploadKind, open_upload

router = Router("staff_bank", Side.STAFF)


@router.command("对账", may="fees.bank", usage="对账", about="银行流水逐笔认款；“对账 清单”看未认的")
async def reconcile(ctx: Ctx, rest: str) -> None:
    word, _, more = rest.partition(" ")
    if word == "清单":
        await ctx.reply(lines_text(await open_lines(ctx.session)))
    elif word == "未达":
        await ctx.reply(
            missing_text(await not_on_statement(ctx.session, ctx.now, ctx.rules.bank.missing_days))
        )
    elif word == "重开":
        line = await decide_again(ctx.session, _number(more))
        await ctx.audit("bank.reopen", _subject(line.id))
        await _show(ctx, line)
    elif word:
        line = await lock_line(ctx.session, _number(word))
        await _show(ctx, line)
    else:
        await _overview(ctx)


@router.command("流水", may="fees.bank", usage="流水", about="取上传银行流水的链接")
async def hand_in(ctx: Ctx, rest: str) -> None:
    del rest
    hours = ctx.rules.fees.upload_link_hours
    token = await open_upload(ctx.session, ctx.staff, UploadKind.STATEMENT, ctx.now, hours)
    await ctx.audit("bank.link_page", f"staff:{ctx.staff.userid}")
    text = (
        f"请打开链接上传网银导出的流水（.xlsx 或 .csv），{hours} 小时内有效，只供您本人使用，请勿转发。"
        "传完发送“对账”。"
    )
    await ctx.reply(Content(text=text, url=f"{ctx.rules.public_url}/u/{token}"))


@router.press("bank_next", may="fees.bank")
async def next_line(ctx: Ctx, argument: str) -> None:
    await _show_next(ctx, read_numbers(argument, 1)[0])


@router.press("bank_book", may="fees.bank")
async def book_as_proposed(ctx: Ctx, argument: str) -> None:
    line_id, pairs = read_parts(argument)
    await _book(ctx, line_id, [Part(tenant, fen) for tenant, fen in pairs])
    await _go_on(ctx, line_id)


@router.press("bank_link", may="fees.bank")
async def link_to_payment(ctx: Ctx, argument: str) -> None:
    line_id, payment_id = read_numbers(argument, 2)
    payment = await link_payment(ctx.session, line_id, payment_id, by=ctx.actor_key, now=ctx.now)
    await ctx.audit("bank.link", _subject(line_id), number=payment.number)
    await ctx.reply(f"流水 {line_id} 已对上柜台登记的 {payment.number}，没有重复入账。")
    await _done(ctx, line_id, "已对上")
    await _go_on(ctx, line_id)


@router.press("bank_refund", may="fees.bank")
async def link_to_refund(ctx: Ctx, argument: str) -> None:
    line_id, refund_id = read_numbers(argument, 2)
    refund = await link_refund(ctx.session, line_id, refund_id, by=ctx.actor_key, now=ctx.now)
    await ctx.audit("bank.link", _subject(line_id), number=refund.number)
    await ctx.reply(f"流水 {line_id} 已对上退款 {refund.number}。")
    await _done(ctx, line_id, "已对上")
    await _show_next(ctx, line_id)


@router.press("bank_other", may="fees.bank")
async def ask_what_it_is(ctx: Ctx, argument: str) -> None:
    line = await _open(ctx, read_numbers(argument, 1)[0])
    buttons = [Button(f"form:{word}", word) for word in ("利息", "内部转账", "押金", "手续费")]
    await ctx.ask(
        "bank_other", "what", {"line": line.id}, f"流水 {line.id} 是什么？点选或写几个字。", *buttons
    )


@router.step("bank_other", "what", may="fees.bank")
async def put_aside(ctx: Ctx, answers: dict[str, object]) -> None:
    line_id = int(str(answers["line"]))
    line = await not_rent(ctx.session, line_id, ctx.message.text, by=ctx.actor_key, now=ctx.now)
    await ctx.audit("bank.not_rent", _subject(line_id), note=line.note)
    await ctx.reply(f"流水 {line_id} 已标为“{line.note}”。弄错了发送“对账 重开 {line_id}”。")
    await _done(ctx, line_id, "不是租金")
    await _show_next(ctx, line_id)


@router.press("bank_pick", may="fees.bank")
async def ask_whose(ctx: Ctx, argument: str) -> None:
    line = await _open(ctx, read_numbers(argument, 1)[0])
    await _ask_whose(ctx, line)


@router.step("bank_pick", "who", may="fees.bank")
async def whose_it_is(ctx: Ctx, answers: dict[str, object]) -> None:
    line = await _open(ctx, int(str(answers["line"])))
    left = await rest_fen(ctx.session, line)
    rows, parts = [], []
    for each in parse_picked(ctx.message.text):
        tenant = await the_payer(ctx, each.payer)
        bills = await unpaid_bills(ctx.session, tenant.id)
        named = bills_meant(bills, each.targets, ctx.today)
        amount = left if each.amount_fen is None else each.amount_fen
        owed = sum(bill.owed_fen for bill in bills)
        rows.append(f"· {tenant.name} {yuan(amount)} 元（现欠 {yuan(owed)}）")
        parts.append({"tenant": tenant.id, "fen": amount, "named": named})
    rest = left - sum(int(str(part["fen"])) for part in parts)
    if rest < 0:
        raise UserError(f"合计超过这笔流水未认的 {yuan(left)} 元，请核对后再点“另选”。")
    tail = f"\n余 {yuan(rest)} 元继续待认。" if rest else ""
    text = f"流水 {line.id} 认给：\n" + "\n".join(rows) + tail
    buttons = (Button("form:是", "确认入账"), Button("form:否", "取消"))
    answers = {"line": line.id, "parts": parts}
    await ctx.ask("bank_pick", "confirm", answers, Content(title="确认认款", text=text, buttons=buttons))


@router.step("bank_pick", "confirm", may="fees.bank")
async def picked_confirmed(ctx: Ctx, answers: dict[str, object]) -> None:
    line_id, parts = int(str(answers["line"])), answers["parts"]
    if not yes_or_no(ctx.message.text) or not isinstance(parts, list):
        await ctx.reply("好的，没有入账。")
        await _show(ctx, await lock_line(ctx.session, line_id))
        return
    await _book(ctx, line_id, [Part(each["tenant"], each["fen"], tuple(each["named"])) for each in parts])
    await _go_on(ctx, line_id)


@router.press("bank_sure", may="fees.bank")
async def list_the_sure(ctx: Ctx, argument: str) -> None:
    del argument
    lines = await open_lines(ctx.session)
    facts = await gather(ctx.session, lines)
    sure = (await sure_lines(ctx.session, lines, facts, ctx.rules))[:MOST_ROWS]
    if not sure:
        raise UserError("现在没有把握大的流水。发送“对账”逐笔认款。")
    items = [[each.line.id, *each.proposal.parts[0]] for each in sure]
    await ctx.reply(sure_text(sure))
    buttons = (Button("form:是", f"全部确认 {len(sure)} 笔"), Button("form:否", "取消"))
    content = Content(title="一起确认", text=f"以上 {len(sure)} 笔都对吗？", buttons=buttons)
    await ctx.ask("bank_sure", "confirm", {"items": items}, content)


@router.step("bank_sure", "confirm", may="fees.bank")
async def sure_confirmed(ctx: Ctx, answers: dict[str, object]) -> None:
    items = answers["items"]
    if not yes_or_no(ctx.message.text) or not isinstance(items, list):
        await ctx.reply("好的，没有入账。发送“对账”逐笔认款。")
        return
    await lock_accounts(ctx.session, [tenant for _, tenant, _ in items])
    total, failed = 0, []
    for line_id, tenant, fen in items:
        try:
            async with ctx.session.begin_nested():
                await _booked(ctx, line_id, [Part(tenant, fen)])
            total += fen
        except UserError as refusal:
            failed.append(f"· 流水 {line_id}：{refusal}")
    text = f"已入账 {len(items) - len(failed)} 笔，合计 {yuan(total)} 元，已告知租户。"
    await ctx.reply("\n".join([text, *(["没有入账：", *failed] if failed else [])]))
    await _show_next(ctx, 0)


async def _overview(ctx: Ctx) -> None:
    lines = await open_lines(ctx.session)
    facts = await gather(ctx.session, lines)
    sure = await sure_lines(ctx.session, lines, facts, ctx.rules)
    missing = await not_on_statement(ctx.session, ctx.now, ctx.rules.bank.missing_days)
    together = [Button("bank_sure:all", "看清单一起确认")] if len(sure) > 1 else []
    await ctx.reply(overview_text(lines, len(sure), len(missing)), *together)
    if lines:
        await _show(ctx, lines[0])


async def _go_on(ctx: Ctx, line_id: int) -> None:
    """The same line while something of it is left, else the next."""
    line = await lock_line(ctx.session, line_id)
    if line.status is LineStatus.OPEN:
        await _show(ctx, line)
    else:
        await _show_next(ctx, line_id)


async def _show_next(ctx: Ctx, after: int) -> None:
    """The open line behind that one, from the beginning again after the last."""
    lines = await open_lines(ctx.session)
    if not lines:
        await ctx.reply("待认的流水已全部处理完。")
        return
    here = await ctx.session.get(BankLine, after)
    later = [line for line in lines if here and (line.on, line.id) > (here.on, here.id)]
    await _show(ctx, later[0] if later else lines[0])


async def _show(ctx: Ctx, line: BankLine) -> None:
    if line.status is not LineStatus.OPEN:
        what = f"标为“{line.note}”" if line.status is LineStatus.OTHER else "认款"
        raise UserError(f"流水 {line.id} 已{what}。要重新处理请发送“对账 重开 {line.id}”。")
    facts, own = await gather(ctx.session, [line]), await line_facts(ctx.session, line)
    await ctx.reply(line_card(line, own, facts.proposals(own, ctx.rules)), subject=_subject(line.id))


async def _ask_whose(ctx: Ctx, line: BankLine) -> None:
    left = await rest_fen(ctx.session, line)
    text = (
        f"流水 {line.id} 未认的 {yuan(left)} 元是谁付的？请写租户名称或单元号，可写明月份；"
        "几家合付请写每家的金额，例如：云帆 1000、青禾 1500。"
    )
    await ctx.ask("bank_pick", "who", {"line": line.id}, text)


async def _book(ctx: Ctx, line_id: int, parts: Sequence[Part]) -> None:
    for received in await _booked(ctx, line_id, parts):
        tenant = await ctx.session.get_one(Tenant, received.payment.tenant_id)
        amount = yuan(received.payment.amount_fen)
        where = await where_it_went(ctx.session, received)
        await ctx.reply(
            f"已入账：{received.payment.number}，{tenant.name} {amount} 元，已告知租户。\n{where}"
        )


async def _booked(ctx: Ctx, line_id: int, parts: Sequence[Part]) -> list[Received]:
    made = await book(ctx.session, line_id, parts, by=ctx.actor_key, now=ctx.now, rules=ctx.rules)
    for received in made:
        payment = received.payment
        detail = {"number": payment.number, "amount_fen": payment.amount_fen, "line": line_id}
        await ctx.audit("payment.receive", f"payment:{payment.id}", **detail)
        await tell_payer(ctx.session, received, ctx.now)
    await _done(ctx, line_id, "已认款")
    return made


async def _open(ctx: Ctx, line_id: int) -> BankLine:
    line = await lock_line(ctx.session, line_id)
    if line.status is not LineStatus.OPEN:
        raise UserError("这笔流水已经处理过了。发送“对账”看下一笔。")
    return line


async def _done(ctx: Ctx, line_id: int, word: str) -> None:
    await close_cards(ctx.session, _subject(line_id), word, ctx.now)


def _subject(line_id: int) -> str:
    return f"bank_line:{line_id}"


def _number(word: str) -> int:
    plain = word.strip().lstrip("#")
    if not plain.isascii() or not plain.isdecimal() or len(plain) > 12:
        raise UserError("请写流水的编号，例如：对账 12。发送“对账 清单”看编号。")
    return int(plain)
