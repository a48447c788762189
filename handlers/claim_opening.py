"""出险: raising the alarm, in one line, step by step, or from a repair. It goes out before the details are known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from handlers.acting import act
from handlers.claim_case import OPEN, WORK, claim_by_id, done, move
from handlers.claim_photos import take_all, take_and_ask
from handlers.context import Ctx
from handlers.routing import Router, Side
from models.cases.case import Case, find_case
from models.cases.entered import tenant_meant
from models.cases.lookup import case_by_id, split_number
from models.cases.repair import REPAIR
from models.cases.repair_cards import clock_text
from models.claims.at_hand import twin_of
from models.claims.cards import alarm_card, loss_text, name_of
from models.claims.claim import Claim, claim_of, claim_of_repair
from models.claims.duty import duties_of
from models.claims.intake import Told, kind_meant, kind_of, told
from models.claims.opening import Loss, Opened, open_claim
from models.claims.terms import terms_of
from models.claims.when import When, when_said
from models.errors import UserError
from models.messages.content import Button
from models.messages.media import loose
from models.people.staff import Staff
from models.people.unit import Unit, find_unit

router = Router("claim_opening", Side.STAFF)

MOST_BUTTONS = 6
_EXAMPLE = "出险 B座地下室 水浸 昨晚11点 水管爆裂"
_ASK_TIME = "什么时候发生的？\n写钟点（如 14:30、昨晚11点、20分钟前），或点选。时限都从这个时间算起。"


@router.command("出险", may=OPEN, usage=_EXAMPLE, about="发生事故马上报，一句话就行，缺什么会问您")
async def raise_alarm(ctx: Ctx, rest: str) -> None:
    """Kind and place are enough; the time may follow."""
    await go_on(ctx, {"text": rest, "kind": "", "place": "", "since": ctx.message.sent_at.isoformat()})


async def go_on(ctx: Ctx, answers: dict[str, object]) -> None:
    """Opens the claim, or asks for what is still missing."""
    said = told(str(answers["text"]), ctx.now, ctx.rules.claims)
    kind, place = str(answers["kind"]) or said.kind, str(answers["place"]) or said.place
    answers |= {"kind": kind, "place": place}
    if not kind:
        await ctx.ask("loss", "kind", answers, _kind_question(ctx), *_kind_buttons(ctx))
    elif not place:
        question = f"【{kind}】在哪里？写清楚楼栋、楼层、位置，例如：B座地下室水泵房。人身安全第一。"
        await ctx.ask("loss", "place", answers, question)
    elif "other" not in answers and (twin := await twin_of(ctx.session, kind, place, ctx.now)) is not None:
        await ask_whether_same(ctx, twin, answers)
    else:
        await open_with(ctx, kind, place, said, datetime.fromisoformat(str(answers["since"])))


async def ask_whether_same(ctx: Ctx, twin: Case, answers: dict[str, object]) -> None:
    """Two people often report one loss; two claims for it would be told to the insurer twice."""
    at = clock_text(twin.created_at, ctx.now)
    question = f"是不是 {twin.number}？\n{at} 已有人报过 {name_of(twin)}，都已通知。同一件事不用再报。"
    buttons = (Button("form:同一件", "同一件"), Button("form:另一件", "另一件"))
    await ctx.ask("loss", "same", answers | {"twin": twin.id}, question, *buttons)


@router.step("loss", "same", may=OPEN)
async def whether_same(ctx: Ctx, answers: dict[str, object]) -> None:
    """同一件: pictures and the repair go to the claim there is. 另一件: a claim of its own."""
    twin = await claim_by_id(ctx, answers["twin"])
    said = ctx.message.text.strip()
    if said == "另一件":
        repair = answers.get("repair")
        if repair is None:
            await go_on(ctx, answers | {"other": True})
        else:
            case = await case_by_id(ctx.session, ctx.staff, str(repair))
            await _open_from(ctx, case, str(answers["kind"]), other=True)
        return
    if said != "同一件" and ctx.media is None:
        await ask_whether_same(ctx, twin, answers)
        return
    await take_all(ctx, twin, await loose(ctx.session, ctx.message.channel, ctx.message.sender, ctx.now))
    if "repair" in answers:
        await move(ctx, twin, "关联", facts={"repair": answers["repair"]})
    await done(ctx, twin, f"好的，{twin.number} 已有人在办，您到现场帮忙时照片直接发来。")


def _kind_question(ctx: Ctx) -> str:
    return f"出了什么事？\n点选或回复：{'、'.join(ctx.rules.claims.kinds)}。人身安全第一，有人受伤先拨 120。"


def _kind_buttons(ctx: Ctx) -> list[Button]:
    return [Button(f"form:{kind}", kind) for kind in list(ctx.rules.claims.kinds)[:MOST_BUTTONS]]


@router.step("loss", "kind", may=OPEN)
async def kind_told(ctx: Ctx, answers: dict[str, object]) -> None:
    """What happened, by button, by number or in words; a picture meanwhile waits loose."""
    kind = kind_meant(ctx.message.text, ctx.rules.claims)
    if not kind:
        await ctx.ask("loss", "kind", answers, _kind_question(ctx), *_kind_buttons(ctx))
        return
    if ctx.message.text != kind and not ctx.message.text.strip("。. ").isdecimal():
        answers["text"] = f"{answers['text']} {ctx.message.text}".strip()
    await go_on(ctx, answers | {"kind": kind})


@router.step("loss", "place", may=OPEN)
async def place_told(ctx: Ctx, answers: dict[str, object]) -> None:
    """Where; a picture meanwhile waits loose."""
    place = ctx.message.text.strip()
    if not place:
        await ctx.ask("loss", "place", answers, "照片收到了。在哪里？例如：B座地下室水泵房。")
        return
    await go_on(ctx, answers | {"place": place})


async def open_with(ctx: Ctx, kind: str, place: str, said: Told, since: datetime) -> None:
    """Files the claim, alarms everybody, and asks for the time when it was not said."""
    unit, tenant_id = await _unit_and_tenant(ctx, kind, f"{place} {said.what}")
    what = said.what or f"{place}{kind}"
    loss = Loss(kind, place, what, said.when, unit.id if unit else None, tenant_id)
    opened = await open_claim(ctx.session, act(ctx, sent_at=since), loss)
    await _confirm(ctx, opened, said.when)


async def _unit_and_tenant(ctx: Ctx, kind: str, text: str) -> tuple[Unit | None, int | None]:
    """The unit named in the text; its only tenant where it is the tenant's property."""
    for word in text.replace("，", " ").split():
        unit = await find_unit(ctx.session, word)
        if unit is None:
            continue
        if ctx.rules.claims.kinds[kind].object != "租户财产":
            return unit, None
        tenants = await tenant_meant(ctx.session, unit, text, ctx.today)
        return unit, tenants[0].id if len(tenants) == 1 else None
    return None, None


async def _confirm(ctx: Ctx, opened: Opened, when: When | None) -> None:
    case, claim, rules = opened.case, opened.claim, ctx.rules
    photos = await take_all(
        ctx, case, await loose(ctx.session, ctx.message.channel, ctx.message.sender, ctx.now)
    )
    holder = await ctx.session.get(Staff, case.worker_id) if case.worker_id else None
    duties = await duties_of(ctx.session, claim.id)
    card = alarm_card(case, claim, duties, holder, await terms_of(ctx.session, claim), ctx.now, rules)
    if not ctx.staff.may(WORK, rules):
        card = replace(card, buttons=tuple(each for each in card.buttons if each.text == "到场"))
    await ctx.reply(card, subject=case.subject)
    names = "、".join(member.name for member in opened.called if member.id != ctx.staff.id)
    text = (
        f"{case.number} 已登记"
        + (f"，已附 {photos} 张照片" if photos else "")
        + (f"，已通知 {names}" if names else "")
    )
    if when is None:
        await ctx.reply(f"{text}。")
        await ask_time(ctx, case, f"{case.number} {_ASK_TIME}")
    else:
        await done(ctx, case, f"{text}。{loss_text(claim, ctx.now)}。")


async def ask_time(ctx: Ctx, case: Case, question: str) -> None:
    """The time decides every clock, so it is asked at once."""
    buttons = (Button("form:刚刚", "刚刚发生"), Button("form:不清楚", "说不清"))
    await ctx.ask("loss", "time", {"case": case.id}, question, *buttons)


@router.step("loss", "time", may=OPEN)
async def time_told(ctx: Ctx, answers: dict[str, object]) -> None:
    """The time of loss; pictures meanwhile are the claim's."""
    case = await claim_by_id(ctx, answers["case"])
    if ctx.media is not None:
        await take_and_ask(ctx, case, [ctx.media])
        await ask_time(ctx, case, f"{case.number} {_ASK_TIME}")
        return
    claim = await claim_of(ctx.session, case.id)
    when = when_said(ctx.message.text, ctx.now)
    if when is None:
        raise UserError(
            "没看懂时间。请写 14:30、昨晚11点 或 20分钟前，说不清就回复“不清楚”。"
            f"要改地点，稍后发“补充 {case.number} 地点 …”。"
        )
    await note_time(ctx, case, claim, when)
    await done(ctx, case, f"{case.number} 记为 {loss_text(claim, ctx.now)}，时限已按此计算。")


async def note_time(ctx: Ctx, case: Case, claim: Claim, when: When) -> None:
    """Writes the time of loss; said as 刚刚 it is the time of the alarm."""
    if when.at is not None:
        at = min(when.at, claim.discovered_at)
        await move(ctx, case, "补充", "出险时间", facts={"occurred_at": at.isoformat()})
    elif when.found_at is not None:
        await move(ctx, case, "补充", "发现时间", facts={"found_at": when.found_at.isoformat()})
    else:
        await move(ctx, case, "补充", "出险时间不明", facts={"occurred_at": ""})


@router.command("转出险", may=OPEN, usage="转出险 R07", about="报修其实是出险：带着已有情况转成出险单")
async def from_repair_by_word(ctx: Ctx, rest: str) -> None:
    """By number."""
    number, text = split_number(rest)
    if not number:
        raise UserError("请写明报修单号，例如：转出险 R07。")
    await from_repair(ctx, await find_case(ctx.session, number), text)


async def from_repair(ctx: Ctx, repair: Case, text: str) -> None:
    """Carries over what is known; asks for the kind where the words do not tell it."""
    if repair.workflow != REPAIR.name:
        raise UserError(f"{repair.number} 不是报修单，不能转出险。")
    if (existing := await claim_of_repair(ctx.session, repair.id)) is not None:
        owner = await ctx.session.get_one(Case, existing.case_id)
        raise UserError(f"{repair.number} 已经转出险，单号 {owner.number}。发“进度 {owner.number}”看经过。")
    if repair.closed_at is not None:
        raise UserError(f"{repair.number} 已经关闭。新的事故请发“出险 地点 情况”。")
    kind = kind_of(f"{text} {repair.description}", ctx.rules.claims)
    if not kind:
        await ctx.ask("loss", "repair_kind", {"repair": repair.id}, _kind_question(ctx), *_kind_buttons(ctx))
        return
    await _open_from(ctx, repair, kind)


@router.step("loss", "repair_kind", may=OPEN)
async def repair_kind(ctx: Ctx, answers: dict[str, object]) -> None:
    """The kind of a loss that a repair turned out to be."""
    repair = await case_by_id(ctx.session, ctx.staff, str(answers["repair"]))
    kind = kind_meant(ctx.message.text, ctx.rules.claims)
    if not kind:
        await ctx.ask("loss", "repair_kind", answers, _kind_question(ctx), *_kind_buttons(ctx))
        return
    if await claim_of_repair(ctx.session, repair.id) is not None:
        raise UserError(f"{repair.number} 已经转出险，发“待办”查看。")
    await _open_from(ctx, repair, kind)


async def _open_from(ctx: Ctx, repair: Case, kind: str, *, other: bool = False) -> None:
    unit = await ctx.session.get(Unit, repair.unit_id) if repair.unit_id else None
    place = repair.place or (unit.code if unit else "") or "地点待补"
    if not other and (twin := await twin_of(ctx.session, kind, place, ctx.now)) is not None:
        await ask_whether_same(ctx, twin, {"repair": repair.id, "kind": kind})
        return
    # Times in a tenant's words are as often about the visit: the time of loss is asked.
    loss = Loss(kind, place, repair.description, None, repair.unit_id, repair.tenant_id)
    opened = await open_claim(ctx.session, act(ctx), loss, source=repair)
    await _confirm(ctx, opened, None)
