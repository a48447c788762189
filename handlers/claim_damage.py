"""损失 and 估损: the list of damaged things, line by line with pictures, and the estimate the insurer must be told."""

from __future__ import annotations

from handlers.claim_case import WORK, ask, claim_by_id, done, may_of, meant, move, usage_of
from handlers.claim_photos import take_all
from handlers.context import Ctx
from handlers.routing import Router, Side
from models.cases.case import Case
from models.claims.claim import claim_of
from models.claims.damage_lines import EXAMPLE, read_lines
from models.claims.evidence import items_of
from models.errors import UserError
from models.fees.money import parse_yuan, yuan
from models.messages.content import Button

router = Router("claim_damage", Side.STAFF)

_END = ("完", "完了", "完成", "没有了", "好了")
_LATER = "还没有"


@router.command(
    "损失", may=may_of("损失"), usage=usage_of("损失"), about="逐项登记受损物品，一行一项，可附照片"
)
async def damage(ctx: Ctx, rest: str) -> None:
    """Lines at once, or one after the other."""
    case, text = await meant(ctx, "损失", rest)
    if text:
        await note_lines(ctx, case, text)
    await _ask_more(ctx, case)


async def _ask_more(ctx: Ctx, case: Case) -> None:
    head = f"{case.number} 受损清单"
    question = f"{head}\n请一行写一项：名称 数量 原值 估损，例如：{EXAMPLE}。照片发来就附在刚写的那一项上。写完回复“完”。"
    await ask(ctx, case, "items", question, Button("form:完", "完"))


@router.step("claim", "items", may=WORK)
async def one_more(ctx: Ctx, answers: dict[str, object]) -> None:
    """Lines, a picture of the last one, or the end."""
    case = await claim_by_id(ctx, answers["case"])
    if ctx.media is not None:
        await _picture_of_last(ctx, case)
        await _ask_more(ctx, case)
    elif ctx.message.text.strip().rstrip("。.") in _END:
        await _sum_up(ctx, case)
    else:
        await note_lines(ctx, case, ctx.message.text)
        await _ask_more(ctx, case)


async def note_lines(ctx: Ctx, case: Case, text: str) -> None:
    """Puts the lines on the list and reads them back."""
    lines = read_lines(text)
    await move(ctx, case, "损失", f"登记 {len(lines)} 项", facts={"items": [line.facts() for line in lines]})
    await ctx.reply("已登记：\n" + "\n".join(line.words for line in lines))


async def _picture_of_last(ctx: Ctx, case: Case) -> None:
    items = await items_of(ctx.session, (await claim_of(ctx.session, case.id)).id)
    if not items or ctx.media is None:
        raise UserError("请先写这一项的名称和数量，再发它的照片。")
    await take_all(ctx, case, [ctx.media])
    await move(ctx, case, "照片", items[-1].name, facts={"photo": ctx.media.id, "item": items[-1].id})
    await ctx.reply(f"照片已附在“{items[-1].name}”上。")


async def _sum_up(ctx: Ctx, case: Case) -> None:
    claim = await claim_of(ctx.session, case.id)
    items = await items_of(ctx.session, claim.id)
    total = sum(item.estimate_fen or 0 for item in items)
    unpriced = sum(item.estimate_fen is None for item in items)
    text = f"{case.number} 受损清单 {len(items)} 项，估损合计 {yuan(total)} 元。"
    if unpriced:
        text += f"其中 {unpriced} 项没有估损，请重写这几项补上金额。"
    await done(ctx, case, text)


@router.command("估损", may=may_of("估损"), usage=usage_of("估损"), about="维修前估价，并写告诉了保险公司谁")
async def estimate(ctx: Ctx, rest: str) -> None:
    """An amount, or the sum of the list; then to whom it was told."""
    case, given = await meant(ctx, "估损", rest)
    amount, _, told_to = given.partition(" ")
    if amount and not amount[0].isdecimal():
        amount, told_to = "", given
    claim = await claim_of(ctx.session, case.id)
    amount_fen = parse_yuan(amount) if amount else claim.estimate_fen or await _sum_of_list(ctx, claim.id)
    if not amount_fen:
        await ask(ctx, case, "estimate", f"{case.number} 修复大概要多少钱？写数字，例如：12000。")
        return
    await note_estimate(ctx, case, amount_fen, told_to.strip())


async def _sum_of_list(ctx: Ctx, claim_id: int) -> int:
    return sum(item.estimate_fen or 0 for item in await items_of(ctx.session, claim_id))


async def _other_than_list(ctx: Ctx, case: Case, amount_fen: int) -> str:
    """Two papers go to the insurer: an estimate that is not the sum of the list is spoken of."""
    listed = await _sum_of_list(ctx, (await claim_of(ctx.session, case.id)).id)
    return f"注意：与受损清单合计 {yuan(listed)} 元不同，请核对。" if listed and listed != amount_fen else ""


@router.step("claim", "estimate", may=WORK)
async def amount_told(ctx: Ctx, answers: dict[str, object]) -> None:
    """The figure."""
    case = await claim_by_id(ctx, answers["case"])
    await note_estimate(ctx, case, parse_yuan(ctx.message.text), "")


async def note_estimate(ctx: Ctx, case: Case, amount_fen: int, told_to: str) -> None:
    """Writes the figure; as long as the insurer has not heard it, nothing is repaired."""
    claim = await claim_of(ctx.session, case.id)
    known = claim.estimate_fen == amount_fen and claim.estimate_told_at is not None
    odd = await _other_than_list(ctx, case, amount_fen)
    await move(ctx, case, "估损", amount_fen=amount_fen, facts={"told_to": told_to})
    if told_to or known:
        await done(
            ctx,
            case,
            f"{case.number} 估价 {yuan(amount_fen)} 元，已告知{told_to or claim.estimate_told_to}。{odd}",
        )
        return
    question = (
        f"{case.number} 估价 {yuan(amount_fen)} 元\n{odd}告诉保险公司的谁了？写姓名；还没有就点“{_LATER}”。"
    )
    await ask(ctx, case, "told_to", question, Button(f"form:{_LATER}", _LATER))


@router.step("claim", "told_to", may=WORK)
async def told_to_whom(ctx: Ctx, answers: dict[str, object]) -> None:
    """Who of the insurer heard the estimate."""
    case, who = await claim_by_id(ctx, answers["case"]), ctx.message.text.strip()
    if not who or who.startswith(_LATER):
        await done(ctx, case, f"{case.number} 估价已记下。告诉保险公司之前不能清理、不能修。")
        return
    await move(ctx, case, "估损", facts={"told_to": who[:40]})
    await done(ctx, case, f"{case.number} 估价已告知{who[:40]}。")
