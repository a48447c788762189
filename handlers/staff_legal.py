"""法务清单, 证据: large debtors, until when their debts can be enforced, and what proves them."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import Router, Side
from models.errors import UserError
from models.fees.payer import the_payer
from models.messages.content import Content
from models.notices.evidence import overdue_bills
from models.notices.legal_list import LEGAL, large_debtors, legal_text
from models.notices.pay_text import safe_name

router = Router("staff_legal", Side.STAFF)


@router.command("法务清单", may=LEGAL, usage="法务清单", about="欠费大户和诉讼时效，供起诉参考")
async def legal_list(ctx: Ctx, rest: str) -> None:
    found = await large_debtors(ctx.session, ctx.today, ctx.rules)
    await ctx.reply(legal_text(found, ctx.rules, ctx.today))


@router.command("证据", may=LEGAL, usage="证据 云帆设计", about="取一家租户的欠费证据材料 PDF")
async def evidence(ctx: Ctx, rest: str) -> None:
    if not rest:
        raise UserError("请写明租户，例如：证据 云帆设计")
    tenant = await the_payer(ctx.session, rest, ctx.today)
    await overdue_bills(ctx.session, tenant, ctx.now)
    await ctx.audit("evidence.take", f"tenant:{tenant.id}")
    await ctx.reply(
        f"正在整理{tenant.name}的证据材料，稍后以文件发给您。材料含对方经营信息，请只用于催收和诉讼。"
    )
    file = f"evidence:{tenant.id}:{ctx.staff.userid}"
    await ctx.reply(Content(file=file, file_name=f"证据材料-{safe_name(tenant.name)}-{ctx.today}.pdf"))
