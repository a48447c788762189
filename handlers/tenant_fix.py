"""What was understood wrongly about a repair, put right by the tenant with one tap."""

from __future__ import annotations

from handlers.acting import act
from handlers.context import Ctx
from handlers.routing import BOUND, Router, Side
from models.cases.correction import hurry, recategorise
from models.cases.intake import OTHER
from models.cases.lookup import case_by_id
from models.messages.content import Button

router = Router("fix", Side.TENANT)


@router.press("fixkind", may=BOUND)
async def which_kind(ctx: Ctx, case_id: str) -> None:
    """Shows the categories."""
    case = await case_by_id(ctx.session, ctx.tenant, case_id)
    names = [name for name in (*ctx.rules.repair.categories, OTHER) if name != case.category]
    buttons = [Button(f"setkind:{case.id}:{name}", name[:10]) for name in names[:10]]
    await ctx.reply(f"{case.number} 属于哪一类？", *buttons)


@router.press("setkind", may=BOUND)
async def set_kind(ctx: Ctx, argument: str) -> None:
    """ "<case id>:<category>"."""
    case_id, _, name = argument.partition(":")
    case = await case_by_id(ctx.session, ctx.tenant, case_id)
    await recategorise(ctx.session, case, name, act(ctx))
    await ctx.reply(f"{case.number} 已改为“{case.category}”，已告诉师傅。")


@router.press("hurry", may=BOUND)
async def in_a_hurry(ctx: Ctx, case_id: str) -> None:
    """The clocks are shortened."""
    case = await case_by_id(ctx.session, ctx.tenant, case_id)
    await hurry(ctx.session, case, act(ctx))
    minutes = ctx.rules.repair.accept_min[case.urgency]
    await ctx.reply(
        f"{case.number} 已改为加急，{minutes} 分钟内安排师傅接单。危险情况请致电 {ctx.rules.park.phone}。"
    )
