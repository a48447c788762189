"""片区: who of the service staff looks after which building or unit."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import Router, Side
from models.errors import UserError
from models.people.staff import find_staff
from models.people.stewardship import areas_text, assign, place_meant

router = Router("staff_areas", Side.STAFF)

_HOW = "请这样发：片区 A 周敏（整栋），片区 A-1203 周敏（单个单元），片区 A 取消。"


@router.command(
    "片区", may="notice.assign", usage="片区 A 周敏", about="看和设置哪位客服专员负责哪栋、哪个单元"
)
async def areas(ctx: Ctx, rest: str) -> None:
    words = rest.split()
    if not words:
        await ctx.reply(f"{await areas_text(ctx.session)}\n{_HOW}")
        return
    if len(words) != 2:
        raise UserError(_HOW)
    place = await place_meant(ctx.session, words[0])
    if words[1] == "取消":
        await assign(ctx.session, place, None)
        await ctx.audit("area.assign", f"place:{place}", steward="")
        await ctx.reply(f"{place} 已没有专人负责，派发任务将发给当班的全体客服。")
        return
    found = await find_staff(ctx.session, words[1])
    if len(found) != 1:
        raise UserError(f"没有认出员工“{words[1][:20]}”，请写姓名或企业微信账号。{_HOW}")
    member = found[0]
    if not member.may("notice.deliver", ctx.rules):
        raise UserError(f"{member.name}没有派发通知单的权限，请换一位客服专员，或先调整角色。")
    await assign(ctx.session, place, member)
    await ctx.audit("area.assign", f"place:{place}", steward=member.userid)
    await ctx.reply(f"{place} 由{member.name}负责，未签收的通知单将派给{member.name}。")
