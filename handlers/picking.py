"""Which tenant a cashier means, asked where several would do."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Ctx
from models.errors import UserError
from models.fees.payer import find_payers
from models.messages.content import Button, Content
from models.people.tenant import Tenant

_MOST_PAYERS = 5


async def payers_meant(ctx: Ctx, text: str) -> list[Tenant]:
    """One to five tenants. Raises: UserError when there are none or too many to choose from."""
    found = await find_payers(ctx.session, text, ctx.today)
    if not found:
        raise UserError(f"没有找到租户“{text[:20]}”，请写名称的一部分或单元号。")
    if len(found) > _MOST_PAYERS:
        raise UserError(f"有 {len(found)} 家租户名称含“{text[:20]}”，请写得完整一些。")
    return found


async def the_payer(ctx: Ctx, text: str) -> Tenant:
    """The one tenant. Raises: UserError that names the others."""
    found = await payers_meant(ctx, text)
    if len(found) > 1:
        names = "、".join(tenant.name for tenant in found)
        raise UserError(f"“{text[:20]}”有不止一家：{names}。请写得完整一些。")
    return found[0]


async def ask_which(
    ctx: Ctx, form: str, found: Sequence[Tenant], answers: dict[str, object], title: str
) -> None:
    """Asks; the answer goes to the step "which" of the form."""
    rows = "\n".join(f"{i}. {tenant.name}" for i, tenant in enumerate(found, start=1))
    buttons = tuple(Button(f"form:{i}", f"第 {i} 家") for i in range(1, len(found) + 1))
    ids = " ".join(str(tenant.id) for tenant in found)
    content = Content(title=title, text=f"请选择付款的租户：\n{rows}", buttons=buttons)
    await ctx.ask(form, "which", answers | {"ids": ids}, content)


async def chosen(ctx: Ctx, answers: dict[str, object]) -> tuple[Tenant | None, list[Tenant]]:
    """The tenant the answer names, by place or name, and those there were to choose from."""
    ids = [int(each) for each in str(answers["ids"]).split()]
    found = [tenant for tenant in [await ctx.session.get(Tenant, each) for each in ids] if tenant]
    text = ctx.message.text.strip()
    if text.isdecimal() and 1 <= int(text[:4]) <= len(found):
        return found[int(text[:4]) - 1], found
    named = [tenant for tenant in found if text and text in tenant.name]
    return (named[0] if len(named) == 1 else None), found


_YES = frozenset({"是", "是的", "对", "确认", "确认收款", "确认退款", "入账", "好", "好的", "ok", "y", "yes"})
_NO = frozenset({"否", "不", "不是", "取消", "n", "no"})


def yes_or_no(text: str) -> bool | None:
    """What an answer means; None for neither."""
    word = text.strip().lower()
    return True if word in _YES else False if word in _NO else None
