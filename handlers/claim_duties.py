"""到场, 报警, 报险, 报告, 出险通知书: what must happen by when, asked for piece by piece; 说明 for what was missed."""

from __future__ import annotations

from handlers.claim_case import OPEN, WORK, ask, claim_by_id, done, may_of, meant, move, usage_of
from handlers.claim_photos import take_all, take_and_ask
from handlers.context import Ctx
from handlers.routing import Router, Side
from models.cases.case import Case
from models.cases.claim import CLAIM
from models.claims.cards import reason_buttons
from models.claims.claim import Claim, claim_of
from models.claims.duty import DUTY_LABELS, DUTY_WORDS, NOT_APPLICABLE, ClaimDuty, DutyKind, duties_of
from models.claims.evidence import Shot, items_of, photos_of
from models.claims.phone_script import missing_fact, script
from models.claims.reference import reference_in
from models.claims.terms import candidates, terms_of
from models.errors import UserError
from models.messages.content import Button
from models.messages.inbound import Kind
from models.policies.policy import Policy

router = Router("claim_duties", Side.STAFF)

_ABOUT = {move.word: move.about for move in CLAIM.moves}
_FACT_QUESTIONS = {
    "原因": "是什么原因造成的？不确定就写“初步判断：水管老化爆裂”。",
    "损失": "损失大概有哪些？例如：3 台水泵进水，地面 50 平方米积水。",
    "措施": "已经采取了什么措施？例如：已关总阀、断电、抽水、围挡。",
    "保单": "用哪份保单报案？请写保单号（发“保单”可查），一时查不到就写“待查”。",
}


async def arrive(ctx: Ctx, case: Case) -> None:
    """到场 by word or tap: proved by a picture or a location."""
    claim = await claim_of(ctx.session, case.id)
    if claim.arrived_at is not None:
        await done(ctx, case, f"{case.number} 已有人到场。")
        return
    await ask(ctx, case, "proof", f"{case.number}：请马上拍一张现场照片或发送位置，收到的时间就是到场时间。")


@router.step("claim", "proof", may=OPEN)
async def arrival_proved(ctx: Ctx, answers: dict[str, object]) -> None:
    """The picture or the location."""
    case = await claim_by_id(ctx, answers["case"])
    if ctx.media is not None:
        await take_and_ask(ctx, case, [ctx.media])
    elif ctx.message.kind is Kind.LOCATION:
        await by_location(ctx, case)
    else:
        raise UserError(f"请拍一张现场照片或发送位置，{case.number} 才算到场。不想继续可发“取消”。")


async def by_location(ctx: Ctx, case: Case) -> None:
    """A location proves the arrival."""
    place = ctx.message.text or "已发送位置"
    await move(ctx, case, "到场", "位置为证", facts={"location": place[:80]})
    await done(ctx, case, f"{case.number} 已记到场，位置：{place[:80]}。")


@router.kind(Kind.LOCATION)
async def location(ctx: Ctx, text: str) -> None:
    """A location by itself is the arrival at the only open claim nobody has reached yet."""
    del text
    case, _ = await meant(ctx, "到场", "")
    if (await claim_of(ctx.session, case.id)).arrived_at is not None:
        raise UserError(f"{case.number} 已有人到场，位置不用再发。")
    await by_location(ctx, case)


@router.command("报警", may=may_of("报警"), usage=usage_of("报警"), about=_ABOUT["报警"])
async def police(ctx: Ctx, rest: str) -> None:
    """Number of the receipt, then its picture."""
    case, receipt = await meant(ctx, "报警", rest)
    await tell_police(ctx, case, receipt)


async def tell_police(ctx: Ctx, case: Case, receipt: str) -> None:
    """Asks for what is missing; done when number and picture are there."""
    claim = await claim_of(ctx.session, case.id)
    if receipt.strip():
        claim.police_receipt = _number(
            receipt, "回执号", f"还没拿到的先发“取消”，拿到后再发“报警 {case.number} 回执号”。"
        )
    if not claim.police_receipt:
        await ask(ctx, case, "receipt", f"{case.number}：请拨打 110。拿到报警回执后，把回执号发给我。")
    elif not any(photo.kind is Shot.RECEIPT for photo, _ in await photos_of(ctx.session, claim.id)):
        question = f"{case.number} 回执号 {claim.police_receipt} 已记下。请拍报警回执发来，收到才算完成。"
        await ask(ctx, case, "receipt_photo", question)
    else:
        await move(ctx, case, "报警", facts={"receipt": claim.police_receipt})
        await done(ctx, case, f"{case.number} 报警已记录，回执 {claim.police_receipt}。")


@router.step("claim", "receipt", may=WORK)
async def receipt_told(ctx: Ctx, answers: dict[str, object]) -> None:
    """The number; a picture first is taken as the receipt."""
    case = await claim_by_id(ctx, answers["case"])
    await _keep_receipt(ctx, case)
    await tell_police(ctx, case, ctx.message.text)


@router.step("claim", "receipt_photo", may=WORK)
async def receipt_shown(ctx: Ctx, answers: dict[str, object]) -> None:
    """The picture of the receipt."""
    case = await claim_by_id(ctx, answers["case"])
    if ctx.media is None:
        raise UserError("请拍报警回执的照片发来；一时没有，可以稍后发照片并点“报警回执”，现在先发“取消”。")
    await _keep_receipt(ctx, case)
    await tell_police(ctx, case, "")


async def _keep_receipt(ctx: Ctx, case: Case) -> None:
    if ctx.media is not None:
        await move(ctx, case, "照片", "报警回执", facts={"photo": ctx.media.id, "shows": str(Shot.RECEIPT)})


@router.command("报险", may=may_of("报险"), usage=usage_of("报险"), about=_ABOUT["报险"])
async def insurer(ctx: Ctx, rest: str) -> None:
    """The facts, the words to say on the telephone, then the insurer's case number."""
    case, number = await meant(ctx, "报险", rest)
    await tell_insurer(ctx, case, number)


async def tell_insurer(ctx: Ctx, case: Case, number: str) -> None:
    """Asks for one missing fact after the other; the number comes last."""
    claim = await claim_of(ctx.session, case.id)
    if claim.insurer_told_at is not None:
        raise UserError(
            f"{case.number} 已经报险，报案号 {claim.insurer_case_number}。更正请发“补充 {case.number} 报案号 新号”。"
        )
    fact = missing_fact(claim)
    if fact == "保单" and (policies := await candidates(ctx.session, claim)):
        buttons = [Button(f"form:{policy.number}", policy.name[:10]) for policy in policies[:6]]
        await ask(ctx, case, "fact", f"{case.number} 用哪份保单报案？", *buttons, fact=fact, then=number)
    elif fact:
        await ask(ctx, case, "fact", f"{case.number} {_FACT_QUESTIONS[fact]}", fact=fact, then=number)
    elif not number:
        things = [item.name for item in await items_of(ctx.session, claim.id)]
        text = script(case, claim, await terms_of(ctx.session, claim), things, ctx.staff, ctx.now)
        await ask(ctx, case, "insurer_number", text)
    else:
        told = _number(number, "报案号", f"电话打不通的先发“取消”，稍后再发“报险 {case.number}”。")
        await move(ctx, case, "报险", facts={"insurer_case": told})
        await done(ctx, case, f"{case.number} 报险已记录，报案号 {told}。")


def _number(said: str, name: str, else_: str) -> str:
    """A number somebody gave us; words that hold none are not written down as one."""
    if not (found := reference_in(said)):
        raise UserError(f"“{said.strip()[:20]}”不像{name}，请照对方给的写全。{else_}")
    return found


@router.step("claim", "fact", may=WORK)
async def fact_told(ctx: Ctx, answers: dict[str, object]) -> None:
    """One fact of the report; on with the next."""
    case, fact, said = await claim_by_id(ctx, answers["case"]), str(answers["fact"]), ctx.message.text.strip()
    if not said:
        raise UserError(f"请用文字回答。{_FACT_QUESTIONS[fact]}")
    await note_fact(ctx, case, fact, said)
    if answers.get("goal") == "报告":
        await report(ctx, case)
    else:
        await tell_insurer(ctx, case, str(answers.get("then", "")))


async def note_fact(ctx: Ctx, case: Case, fact: str, said: str) -> None:
    """Writes a fact; a policy of the register is linked, so that its terms count."""
    facts: dict[str, object] = {fact: said[:200]}
    if fact == "保单":
        claim = await claim_of(ctx.session, case.id)
        hit: list[Policy] = [p for p in await candidates(ctx.session, claim) if p.number == said]
        facts["policy"] = hit[0].id if hit else None
    await move(ctx, case, "补充", f"{fact}：{said[:200]}", facts=facts)


@router.step("claim", "insurer_number", may=WORK)
async def number_told(ctx: Ctx, answers: dict[str, object]) -> None:
    """What the insurer gave on the telephone."""
    case = await claim_by_id(ctx, answers["case"])
    if not ctx.message.text.strip():
        raise UserError("请把保险公司给的报案号用文字发来。电话打不通，稍后再发“报险”。")
    await tell_insurer(ctx, case, ctx.message.text.strip())


@router.command("报告", may=may_of("报告"), usage=usage_of("报告"), about=_ABOUT["报告"])
async def incident_report(ctx: Ctx, rest: str) -> None:
    """What was done; cause and the rest are taken from what is known."""
    case, measures = await meant(ctx, "报告", rest)
    if measures:
        await note_fact(ctx, case, "措施", measures)
    await report(ctx, case)


async def report(ctx: Ctx, case: Case) -> None:
    """Asks for cause and measures, then sends the report to those above."""
    claim = await claim_of(ctx.session, case.id)
    for fact, value in (("原因", claim.cause), ("措施", claim.measures)):
        if not value:
            await ask(ctx, case, "fact", f"{case.number} {_FACT_QUESTIONS[fact]}", fact=fact, goal="报告")
            return
    await move(ctx, case, "报告")
    duty = await _duty(ctx, claim, DutyKind.REPORT)
    await done(ctx, case, f"{case.number} 《特别事件报告》{duty.evidence}。")


async def _duty(ctx: Ctx, claim: Claim, kind: DutyKind) -> ClaimDuty:
    return next(duty for duty in await duties_of(ctx.session, claim.id) if duty.kind is kind)


@router.command(
    "出险通知书", may=may_of("出险通知书"), usage=usage_of("出险通知书"), about=_ABOUT["出险通知书"]
)
async def loss_notice(ctx: Ctx, rest: str) -> None:
    """To whom it went."""
    case, note = await meant(ctx, "出险通知书", rest)
    if not note:
        await ask(
            ctx, case, "notice", f"{case.number} 的《出险通知书》交给谁、怎么交的？例如：交李经理当面签收。"
        )
        return
    await move(ctx, case, "出险通知书", note)
    await done(ctx, case, f"{case.number} 《出险通知书》已记录：{note}。")


@router.step("claim", "notice", may=WORK)
async def notice_told(ctx: Ctx, answers: dict[str, object]) -> None:
    """To whom the notice of loss went; a picture of it is kept."""
    case = await claim_by_id(ctx, answers["case"])
    if ctx.media is not None:
        await take_all(ctx, case, [ctx.media])
    if not ctx.message.text.strip():
        raise UserError("请用文字写交给谁，例如：交李经理当面签收。")
    await move(ctx, case, "出险通知书", ctx.message.text.strip())
    await done(ctx, case, f"{case.number} 《出险通知书》已记录。")


@router.command("说明", may=may_of("说明"), usage=usage_of("说明"), about=_ABOUT["说明"])
async def reason(ctx: Ctx, rest: str) -> None:
    """Which duty, why, and whatever else is to be said."""
    case, given = await meant(ctx, "说明", rest)
    claim = await claim_of(ctx.session, case.id)
    everything = await duties_of(ctx.session, claim.id)
    duties = [duty for duty in everything if duty.unnamed and duty.is_late(ctx.now)]
    word, _, why = given.partition(" ")
    duty = next((d for d in everything if DUTY_WORDS[d.kind] == word), None)
    if duty is None and duties and not given:
        first = duties[0].kind
        text = (
            f"{case.number} {DUTY_LABELS[first]}：为什么没有按时办？\n"
            f"点选，或发“说明 {case.number} {DUTY_WORDS[first]} 原因”。"
        )
        await ctx.reply(text, *reason_buttons(duties[0], ctx.rules), subject=case.subject)
        return
    if duty is None and not duties:
        raise UserError(
            f"{case.number} 没有错过而未说明的时限。确实不用办的，请客服主管或经理发“说明 {case.number} 报警 不适用”。"
        )
    label, note = _reason_in(why or given, ctx)
    kind = str(duty.kind) if duty else ""
    await move(
        ctx, case, "说明", f"{word} {note}".strip(), facts={"duty": kind, "reason": label if duty else ""}
    )
    await done(ctx, case, f"{case.number} {word}：原因已记为“{label}”。")


def _reason_in(text: str, ctx: Ctx) -> tuple[str, str]:
    """The label the text begins with or contains; other words are 其他, kept as they are."""
    for label in (NOT_APPLICABLE, *ctx.rules.claims.miss_reasons):
        if label in text:
            return label, text.replace(label, "").strip()
    return (ctx.rules.claims.miss_reasons[-1], text) if text.strip() else ("", "")


@router.press("why", may=WORK)
async def reason_tapped(ctx: Ctx, argument: str) -> None:
    """ "<duty id>:<place in the list>"."""
    duty_id, _, place = argument.partition(":")
    reasons = ctx.rules.claims.miss_reasons
    duty = await ctx.session.get(ClaimDuty, int(duty_id)) if _is_id(duty_id) else None
    if duty is None or not _is_id(place) or int(place) >= len(reasons):
        raise UserError("这个按钮已经失效。发送“待办”查看。")
    claim = await ctx.session.get_one(Claim, duty.claim_id)
    case = await claim_by_id(ctx, claim.case_id)
    await move(
        ctx,
        case,
        "说明",
        DUTY_WORDS[duty.kind],
        facts={"duty": str(duty.kind), "reason": reasons[int(place)]},
    )
    await done(ctx, case, f"{case.number} {DUTY_WORDS[duty.kind]}：原因已记为“{reasons[int(place)]}”。")


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10
