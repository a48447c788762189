"""合并, 不是同一件: the desk decides whether two reports are one fault."""

from __future__ import annotations

from handlers.acting import act
from handlers.context import Ctx
from handlers.routing import Router, Side
from models.cases.case import Case, find_case
from models.cases.lookup import split_number
from models.cases.merge_proposal import DECIDES
from models.cases.merging import keep_apart, merge, proposed
from models.cases.repair import REPAIR
from models.errors import UserError

router = Router("staff_merging", Side.STAFF)


@router.press("merge", may=DECIDES)
async def one_fault(ctx: Ctx, argument: str) -> None:
    """The proposal is right."""
    _, earlier, later = await proposed(ctx.session, argument)
    await _merged(ctx, earlier, later)


@router.press("notsame", may=DECIDES)
async def two_faults(ctx: Ctx, argument: str) -> None:
    """The proposal is wrong; nobody is asked about these two again."""
    proposal, earlier, later = await proposed(ctx.session, argument)
    await keep_apart(ctx.session, proposal, act(ctx))
    await ctx.reply(f"好的，{earlier.number} 和 {later.number} 分开处理。")


async def join(ctx: Ctx, case: Case, given: str) -> None:
    """并单 in words: the number of the other case follows."""
    number, _ = split_number(given)
    if not number:
        raise UserError(f"请写并到哪一单，例如：并单 {case.number} R06。")
    other = await find_case(ctx.session, number, workflows=(REPAIR.name,))
    await _merged(ctx, case, other)


async def _merged(ctx: Ctx, one: Case, other: Case) -> None:
    main, follower = await merge(ctx.session, one, other, act(ctx))
    state = REPAIR.state(main.state).label
    await ctx.reply(
        f"{follower.number} 已并入 {main.number}（{state}），之后只处理 {main.number}，每位报修人都会收到进展。"
        f"合错了请发“拆单 {follower.number}”。"
    )
