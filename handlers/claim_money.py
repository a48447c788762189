"""金额, 协议, 第三方: amounts each for itself, what was agreed, and who else is concerned."""

from __future__ import annotations

from handlers.claim_case import done, may_of, meant, move, move_of, usage_of
from handlers.context import Ctx
from handlers.routing import Router, Side
from models.cases.case import Case
from models.claims.amounts import (
    AMOUNT_LABELS,
    SUMMED,
    AmountKind,
    amounts_of,
    amounts_text,
    doubts,
    kind_meant,
    totals,
)
from models.claims.claim import claim_of
from models.claims.crew import LEAD
from models.claims.settlement import WARNING
from models.claims.third_party import (
    LIABILITY,
    OTHERS_HURT,
    SUBROGATION,
    read_third_party,
    third_parties_of,
)
from models.errors import UserError
from models.fees.money import parse_yuan, yuan

router = Router("claim_money", Side.STAFF)

CORRECTS = "更正"
BY_WORD = {AmountKind.DECIDED: "核定", AmountKind.AGREED: "协议", AmountKind.PAID: "赔付"}
"""Amounts that move the claim or its clocks have a word of their own."""


@router.command("金额", may=may_of("金额"), usage=usage_of("金额"), about=move_of("金额").about)
async def amounts(ctx: Ctx, rest: str) -> None:
    """All of them; with a kind and a number, one more."""
    case, given = await meant(ctx, "金额", rest)
    if given:
        await _note(ctx, case, given)
    text = await _stand(ctx, case)
    kinds = "、".join(label for kind, label in AMOUNT_LABELS.items() if kind not in BY_WORD)
    await ctx.reply(
        f"{case.number} 金额\n{text}\n记一笔：金额 {case.number} 施救费 800 抽水泵。可记：{kinds}。"
        f"记错了：金额 {case.number} 施救费 更正 800。"
    )


async def _note(ctx: Ctx, case: Case, given: str) -> None:
    corrects = CORRECTS in given.split()
    word, amount, *note = [*given.replace(CORRECTS, " ").split(maxsplit=2), "", ""][:3]
    kind = kind_meant(word)
    if kind is None or not amount:
        raise UserError(f"请写哪一项和多少，例如：金额 {case.number} 施救费 800 抽水泵。")
    if kind in BY_WORD and not (corrects and kind in SUMMED and ctx.staff.may(LEAD, ctx.rules)):
        raise UserError(f"{AMOUNT_LABELS[kind]}请发：{BY_WORD[kind]} {case.number} 金额。")
    facts = {"kind": str(kind), "corrects": corrects}
    await move(
        ctx,
        case,
        "金额",
        " ".join([AMOUNT_LABELS[kind], *([CORRECTS] if corrects else ()), *note]).strip(),
        amount_fen=parse_yuan(amount),
        facts=facts,
    )


async def _stand(ctx: Ctx, case: Case) -> str:
    """What holds now, and what does not fit together."""
    claim = await claim_of(ctx.session, case.id)
    known = totals(await amounts_of(ctx.session, claim.id))
    said = [f"注意：{doubt}。" for doubt in doubts(known)]
    return "\n".join([amounts_text(known) or "还没有记录。", *said])


@router.command("协议", may=may_of("协议"), usage=usage_of("协议"), about=move_of("协议").about)
async def agreed(ctx: Ctx, rest: str) -> None:
    """Agreed on an amount: from now on the insurer has ten days to pay."""
    case, given = await meant(ctx, "协议", rest)
    amount, _, note = given.partition(" ")
    if not amount:
        raise UserError(f"请写协议的金额，例如：协议 {case.number} 9800。")
    await move(ctx, case, "协议", note.strip(), amount_fen=parse_yuan(amount))
    days = ctx.rules.insurance.payment_days
    text = f"{case.number} 已记：达成协议 {yuan(parse_yuan(amount))} 元，应在 {days} 天内付款（保险法第二十三条）。"
    await done(ctx, case, f"{text}\n{await _stand(ctx, case)}")


@router.command("第三方", may=may_of("第三方"), usage=usage_of("第三方"), about=move_of("第三方").about)
async def third_party(ctx: Ctx, rest: str) -> None:
    """Who they are, how to reach them, what they offered; the warning stands behind every answer."""
    case, given = await meant(ctx, "第三方", rest)
    claim = await claim_of(ctx.session, case.id)
    if not given:
        lines = [f"· {each.line}" for each in await third_parties_of(ctx.session, claim.id)]
        listed = "\n".join(lines) or "还没有登记第三方。"
        await ctx.reply(
            f"{case.number} 第三方\n{listed}\n登记：第三方 {case.number} 姓名 电话 说了什么。\n"
            f"{LIABILITY if claim.object in OTHERS_HURT else WARNING}"
        )
        return
    named = read_third_party(given)
    facts = {"name": named.name, "phone": named.phone, "offered_fen": named.offered_fen, "said": named.note}
    await move(ctx, case, "第三方", f"{named.name} {named.note}".strip(), facts=facts)
    offered = f"，提出赔 {yuan(named.offered_fen)} 元" if named.offered_fen is not None else ""
    warning = LIABILITY if named.demands or claim.object in OTHERS_HURT else f"{WARNING}\n{SUBROGATION}"
    await done(ctx, case, f"{case.number} 已登记第三方 {named.name}{offered}。\n{warning}")
