"""代报: the desk enters what somebody calls about or walks in with, and what staff find on patrol."""

from __future__ import annotations

from handlers.acting import act
from handlers.context import Ctx
from handlers.routing import Router, Side
from models.announcements.outage_answer import answer_text, known_outage
from models.cases.case import Case
from models.cases.entered import COMMON, Speaker, speaker_for, tenant_meant, visitor_in
from models.cases.intake import Placed, place_of, says_something
from models.cases.report import file_report, same_report
from models.cases.workplace import rented
from models.errors import UserError
from models.messages.content import Button
from models.messages.media import loose
from models.people.tenant import Tenant
from models.people.unit import Unit, find_unit

router = Router("staff_enter", Side.STAFF)

_ENTER = "请这样发：代报 A-1203 空调不冷（报修人不在册时加姓名手机），或：代报 公共区域 2楼走廊灯不亮"


@router.command(
    "代报",
    may="case.enter|case.work",
    usage="代报 A-1203 空调不冷",
    about="替来电、来访的人登记报修；公共区域也行",
)
async def enter(ctx: Ctx, rest: str) -> None:
    """Unit first, then the fault; behind it name and number of somebody we do not know."""
    word, _, text = rest.strip().partition(" ")
    if not word or not says_something(text):
        raise UserError(f"{_ENTER}。")
    if word in COMMON:
        await enter_common(ctx, text)
        return
    unit = await find_unit(ctx.session, word)
    if unit is None:
        raise UserError(f"没有找到单元 {word[:20]}。{_ENTER}。")
    tenants = await tenant_meant(ctx.session, unit, text, ctx.today)
    if len(tenants) == 1:
        await enter_for(ctx, tenants[0], unit, text)
        return
    buttons = [Button(f"form:{tenant.id}", tenant.name[:10]) for tenant in tenants[:6]]
    answers = {"unit": unit.code, "text": text}
    await ctx.ask("entered", "tenant", answers, f"{unit.code} 有多家租户，是哪一家？", *buttons)


@router.step("entered", "tenant", may="case.enter|case.work")
async def entered_tenant(ctx: Ctx, answers: dict[str, object]) -> None:
    """The tenant, by button or by name."""
    unit = await find_unit(ctx.session, str(answers["unit"]))
    if unit is None:
        raise UserError(f"{_ENTER}。")
    said = ctx.message.text
    tenants = await tenant_meant(ctx.session, unit, str(answers["text"]), ctx.today)
    hits = [tenant for tenant in tenants if said and (said == str(tenant.id) or said in tenant.name)]
    if len(hits) != 1:
        names = "、".join(tenant.name for tenant in tenants)
        raise UserError(f"没认出是哪一家（{names}），请重新发送“代报 {unit.code} {answers['text']}”。")
    await enter_for(ctx, hits[0], unit, str(answers["text"]))


async def enter_for(ctx: Ctx, tenant: Tenant, unit: Unit, text: str) -> None:
    """Files the report in the name of the tenant's contact, or of whoever stands at the counter."""
    speaker = await speaker_for(ctx.session, tenant, text)
    placed = place_of(speaker.text, [rented(unit)])
    case = await register(ctx, speaker, placed, tenant.id)
    name = speaker.contact.name if speaker.contact else speaker.name or "来访人"
    known = await known_outage(ctx.session, tenant.id, speaker.text, placed, ctx.now, ctx.rules)
    hint = f"\n请告诉对方：{answer_text(known, ctx.now, ctx.rules).partition(chr(10))[0]}" if known else ""
    await ctx.reply(
        f"已为{tenant.name}（{name}）登记 {case.number} {case.category}，已通知当班师傅。{_heard(speaker)}{hint}"
    )


async def enter_common(ctx: Ctx, text: str) -> None:
    """Nobody's unit: a visitor reports it, or a member who came past."""
    speaker = visitor_in(text)
    if not speaker.mobile:
        speaker = Speaker(text, name=ctx.staff.name)
    placed = place_of(speaker.text, [])
    case = await register(ctx, speaker, Placed(None, placed.place or COMMON[0]), None)
    await ctx.reply(
        f"已登记 {case.number} {case.category}（{case.place}），已通知当班师傅。{_heard(speaker)}"
    )


def _heard(speaker: Speaker) -> str:
    """How somebody without a chat will hear of it."""
    if speaker.contact is not None:
        return ""
    return f"进展会发短信到 {speaker.mobile[:3]}****{speaker.mobile[-4:]}。" if speaker.mobile else ""


async def register(ctx: Ctx, speaker: Speaker, placed: Placed, tenant_id: int | None) -> Case:
    """The case with what was photographed lately. Raises UserError when it was entered a moment ago."""
    contact = speaker.contact
    known = await same_report(
        ctx.session, contact.id if contact else None, speaker.text, placed, ctx.now, ctx.rules
    )
    if known is not None:
        raise UserError(f"这个报修刚才已登记为 {known.number}，不用重复登记。")
    media = await loose(ctx.session, ctx.message.channel, ctx.message.sender, ctx.now)
    stranger = ("", "") if contact else (speaker.name, speaker.mobile)
    return await file_report(
        ctx.session,
        act(ctx),
        contact,
        speaker.text,
        placed,
        media=media,
        tenant_id=tenant_id,
        stranger=stranger,
    )
