"""同意, 清理, 抢修, 和解, 关联: what opens the locks of a claim, and what goes through them."""

from __future__ import annotations

from handlers.claim_case import WORK, ask, claim_by_id, done, may_of, meant, move, usage_of
from handlers.claim_photos import take_all
from handlers.context import Ctx
from handlers.routing import Router, Side
from models.cases.case import Case, find_case
from models.cases.claim import CLAIM
from models.cases.lookup import split_number
from models.claims.claim import Scope, claim_of
from models.claims.gates import parts_are_kept, settlement_may_be_offered, urgent_repair_may_begin
from models.claims.settlement import REFUSED, WARNING, settlement_text
from models.errors import UserError
from models.messages.content import Button

router = Router("claim_locks", Side.STAFF)

_ABOUT = {move.word: move.about for move in CLAIM.moves}
_SCOPES = {"清理": Scope.CLEAR, "维修": Scope.REPAIR, "修复": Scope.REPAIR, "和解": Scope.SETTLE}
_CHOICES = (("清理 维修", "清理和维修"), ("清理", "只清理"), ("维修", "只维修"), ("和解", "与第三方和解"))
_LABELS = {Scope.CLEAR: "清理", Scope.REPAIR: "维修", Scope.SETTLE: "和解"}


@router.command("同意", may=may_of("同意"), usage=usage_of("同意"), about=_ABOUT["同意"])
async def consent(ctx: Ctx, rest: str) -> None:
    """To what, and who of the insurer."""
    case, given = await meant(ctx, "同意", rest)
    await note_consent(ctx, case, given)


async def note_consent(ctx: Ctx, case: Case, given: str) -> None:
    """Asks for scope and name, one after the other."""
    scopes = list(dict.fromkeys(scope for word, scope in _SCOPES.items() if word in given))
    by = given
    for word in _SCOPES:
        by = by.replace(word, "")
    by = by.strip(" ,，、和与：:")
    if not scopes:
        buttons = [Button(f"form:{words}", label) for words, label in _CHOICES]
        await ask(ctx, case, "consent_scope", f"{case.number}：保险公司同意什么？", *buttons, by=by)
    elif not by:
        words = "、".join(_LABELS[scope] for scope in scopes)
        await ask(
            ctx,
            case,
            "consent_by",
            f"{case.number}：保险公司谁同意{words}的、怎么说的？例如：李经理电话同意。",
            scopes=scopes,
        )
    else:
        await move(
            ctx, case, "同意", given, facts={"scopes": [str(scope) for scope in scopes], "given_by": by[:80]}
        )
        words = "、".join(_LABELS[scope] for scope in scopes)
        await done(ctx, case, f"{case.number} 已记录：保险公司同意{words}（{by[:80]}）。")


@router.step("claim", "consent_scope", may=WORK)
async def scope_told(ctx: Ctx, answers: dict[str, object]) -> None:
    """To what the insurer consented."""
    case = await claim_by_id(ctx, answers["case"])
    if not any(word in ctx.message.text for word in _SCOPES):
        raise UserError("请点选，或回复 清理、维修、和解。")
    await note_consent(ctx, case, f"{ctx.message.text} {answers['by']}".strip())


@router.step("claim", "consent_by", may=WORK)
async def giver_told(ctx: Ctx, answers: dict[str, object]) -> None:
    """Who of the insurer consented."""
    case, scopes = await claim_by_id(ctx, answers["case"]), answers["scopes"]
    words = " ".join(_LABELS[Scope(each)] for each in scopes) if isinstance(scopes, list) else ""
    await note_consent(ctx, case, f"{words} {ctx.message.text.strip()}")


@router.command("清理", may=may_of("清理"), usage=usage_of("清理"), about=_ABOUT["清理"])
async def clear(ctx: Ctx, rest: str) -> None:
    """Goes through only when the gate is open; the gate says what is missing."""
    case, note = await meant(ctx, "清理", rest)
    await move(ctx, case, "清理", note)
    await done(ctx, case, f"{case.number} 可以清理现场了。残余物资先拍照、列清单，再处理。")


@router.command("抢修", may=may_of("抢修"), usage=usage_of("抢修"), about=_ABOUT["抢修"])
async def urgent(ctx: Ctx, rest: str) -> None:
    """Pictures first, then the reason, then where the damaged parts are."""
    case, reason = await meant(ctx, "抢修", rest)
    if not reason:
        await ask(
            ctx, case, "urgent_reason", f"{case.number}：为什么来不及等保险公司同意？例如：不修要继续漏水。"
        )
        return
    await begin_urgent(ctx, case, reason)


@router.step("claim", "urgent_reason", may=WORK)
async def reason_told(ctx: Ctx, answers: dict[str, object]) -> None:
    """Why it can not wait."""
    case, reason = await claim_by_id(ctx, answers["case"]), ctx.message.text.strip()
    if not reason:
        raise UserError("请用文字写抢修的原因。")
    await begin_urgent(ctx, case, reason)


async def begin_urgent(ctx: Ctx, case: Case, reason: str) -> None:
    """Asks for the parts when nobody has said where they are."""
    if refusal := await urgent_repair_may_begin(ctx.session, case, ctx.now, ctx.rules):
        raise UserError(refusal)
    if not await parts_are_kept(ctx.session, await claim_of(ctx.session, case.id)):
        question = (
            f"{case.number}：拆下的残件放在哪里？请写地点（如 工程部仓库），并拍照；残件要留给保险公司看。"
        )
        await ask(ctx, case, "urgent_parts", question, reason=reason)
        return
    await _go(ctx, case, reason, "")


@router.step("claim", "urgent_parts", may=WORK)
async def parts_told(ctx: Ctx, answers: dict[str, object]) -> None:
    """Where the damaged parts are kept; a picture of them is kept as well."""
    case, reason = await claim_by_id(ctx, answers["case"]), str(answers["reason"])
    if ctx.media is not None:
        await take_all(ctx, case, [ctx.media])
        await move(ctx, case, "照片", "残件", facts={"photo": ctx.media.id, "shows": "parts"})
        await _go(ctx, case, reason, ctx.message.text.strip())
        return
    if not ctx.message.text.strip():
        raise UserError("请写残件放在哪里，或拍残件照片发来。")
    await _go(ctx, case, reason, ctx.message.text.strip())


async def _go(ctx: Ctx, case: Case, reason: str, kept: str) -> None:
    await move(ctx, case, "抢修", reason, facts={"kept": kept[:80]})
    await done(ctx, case, f"{case.number} 可以抢修了，只做止损必需的部分，残件留好，过程拍照。")


@router.command("和解", may=may_of("和解"), usage=usage_of("和解"), about=_ABOUT["和解"])
async def settlement(ctx: Ctx, rest: str) -> None:
    """The warning stands before every settlement text [law: 保险法 §61]."""
    case, terms = await meant(ctx, "和解", rest)
    if not terms:
        raise UserError(f"{WARNING}请写内容，例如：和解 {case.number} 对方赔偿 2000 元。")
    if refusal := await settlement_may_be_offered(ctx.session, case, ctx.now, ctx.rules):
        raise UserError(refusal)
    late = REFUSED if case.state == "refused" else ""
    question = f"{case.number} 和解前请核对\n{WARNING}{late}{case.number} 的内容“{terms[:100]}”与保险公司同意的一致吗？"
    await ask(
        ctx,
        case,
        "settlement",
        question,
        Button("form:一致", "一致"),
        Button("form:不一致", "不一致"),
        terms=terms,
    )


@router.step("claim", "settlement", may=may_of("和解"))
async def settlement_confirmed(ctx: Ctx, answers: dict[str, object]) -> None:
    """Only 一致 goes on."""
    case, terms = await claim_by_id(ctx, answers["case"]), str(answers["terms"])
    if ctx.message.text.strip() != "一致":
        await ctx.reply(
            f"{case.number} 没有生成和解文字。请先与保险公司谈妥，再发“同意 {case.number} 和解 谁同意的”。"
        )
        return
    await move(ctx, case, "和解", terms, facts={"warned": True})
    await done(ctx, case, settlement_text(case, await claim_of(ctx.session, case.id), terms, ctx.now))


@router.command("关联", may=may_of("关联"), usage=usage_of("关联"), about=_ABOUT["关联"])
async def link(ctx: Ctx, rest: str) -> None:
    """A repair order under the same lock."""
    case, given = await meant(ctx, "关联", rest)
    number, _ = split_number(given)
    if not number:
        raise UserError(f"请写报修单号，例如：关联 {case.number} R07。")
    repair = await find_case(ctx.session, number)
    await move(ctx, case, "关联", repair.number, facts={"repair": repair.id})
    await done(ctx, case, f"{repair.number} 已归到 {case.number}，保险公司同意前不能完工。")
