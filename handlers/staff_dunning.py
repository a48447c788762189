"""异议处理, 暂停催款, 恢复催款, 暂停中: what holds the dunning ladder, and who lets it go on."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import Router, Side
from models.calendar.day_words import parse_day
from models.errors import UserError
from models.fees.deciding import decide_dispute, lift
from models.fees.pause import DunningPause, PauseOutcome, find_pause
from models.fees.pause_words import running_text
from models.fees.payer import the_payer
from models.fees.promise import By, pause_by_hand
from models.notices.decided import day_words, tell_decided, tell_of_hand
from models.people.tenant import Tenant

router = Router("staff_dunning", Side.STAFF)

_DECIDE = "请这样发：异议处理 Y07 成立 读数抄错，或：异议处理 Y07 不成立 已现场核对读数无误"
_PAUSE = "请这样发：暂停催款 云帆设计 3月28日 合同正在续签"
_DECISIONS = {"成立": PauseOutcome.UPHELD, "不成立": PauseOutcome.UNFOUNDED}


@router.command(
    "异议处理",
    may="fees.bill",
    usage="异议处理 Y07 不成立 已现场核对读数无误",
    about="答复租户的异议，写明结果和说明",
)
async def decide(ctx: Ctx, rest: str) -> None:
    number, word, note = _three(rest)
    outcome = _DECISIONS.get(word)
    if outcome is None:
        raise UserError(_DECIDE)
    pause = await find_pause(ctx.session, number)
    await decide_dispute(ctx.session, pause, outcome, note, by=ctx.actor_key, now=ctx.now, rules=ctx.rules)
    await tell_decided(ctx.session, pause, ctx.now, ctx.rules)
    await ctx.audit(
        "dispute.decide", f"tenant:{pause.tenant_id}", number=pause.number, outcome=word, note=pause.note
    )
    tenant = await ctx.session.get_one(Tenant, pause.tenant_id)
    await ctx.reply(f"已答复{tenant.name}：异议 {pause.number} {word}。{_after(pause)}")


def _after(pause: DunningPause) -> str:
    if pause.outcome is PauseOutcome.UPHELD:
        return f"请更正账单；更正前不催款，最晚到{day_words(pause.until_on)}。"
    return "催款按阶梯继续。"


@router.command(
    "暂停催款",
    may="fees.pause",
    usage="暂停催款 云帆设计 3月28日 合同正在续签",
    about="手工暂停催款到某一天，写明原因",
)
async def hold(ctx: Ctx, rest: str) -> None:
    name, day, reason = _three(rest)
    if not day:
        raise UserError(_PAUSE)
    tenant = await the_payer(ctx.session, name, ctx.today)
    until_on = parse_day(day, ctx.today)
    pause = await pause_by_hand(
        ctx.session, tenant.id, until_on, reason, By(ctx.actor_key, ctx.now, ctx.rules)
    )
    await tell_of_hand(ctx.session, pause, ctx.actor_name, ctx.now, ctx.rules)
    await ctx.audit(
        "dunning.pause", f"tenant:{tenant.id}", number=pause.number, until_on=str(until_on), reason=reason
    )
    await ctx.reply(
        f"已暂停对{tenant.name}催款到{day_words(until_on)}（{pause.number}）。要提前恢复：恢复催款 {tenant.name} 原因"
    )


@router.command(
    "恢复催款", may="fees.pause", usage="恢复催款 云帆设计 续签已完成", about="提前结束承诺或人工暂停"
)
async def go_on(ctx: Ctx, rest: str) -> None:
    name, _, reason = rest.strip().partition(" ")
    if not name:
        raise UserError("请这样发：恢复催款 云帆设计 续签已完成")
    tenant = await the_payer(ctx.session, name, ctx.today)
    lifted = await lift(ctx.session, tenant.id, reason, by=ctx.actor_key, now=ctx.now)
    numbers = "、".join(pause.number for pause in lifted)
    await ctx.audit("dunning.lift", f"tenant:{tenant.id}", numbers=numbers, reason=reason)
    await ctx.reply(f"已恢复对{tenant.name}催款（{numbers}）。下一封信按阶梯的日子发出。")


@router.command(
    "暂停中", may="fees.see|fees.pause", usage="暂停中", about="看哪些租户暂停催款、到哪天、谁跟进"
)
async def paused(ctx: Ctx, rest: str) -> None:
    await ctx.reply(await running_text(ctx.session, ctx.today))


def _three(rest: str) -> tuple[str, str, str]:
    """The first two words, and what follows them."""
    words = rest.split(maxsplit=2)
    first, second, third = (*words, "", "", "")[:3]
    return first, second, third
