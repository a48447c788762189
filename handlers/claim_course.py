"""定损 to 结案: the claim's way through the insurer; 补充 and 接手 beside it."""

from __future__ import annotations

from handlers.claim_case import WORK, ask, claim_by_id, done, may_of, meant, move, move_of, usage_of
from handlers.claim_duties import note_fact
from handlers.context import Ctx
from handlers.routing import Router, Side
from models.cases.advance import workflow_of
from models.cases.case import Case
from models.cases.workflow import Need
from models.claims.amending import AMENDABLE
from models.claims.amounts import amounts_of, doubts, totals
from models.claims.claim import claim_of
from models.claims.insurer_clocks import running_lines
from models.claims.when import when_said
from models.errors import UserError
from models.fees.money import parse_yuan

router = Router("claim_course", Side.STAFF)

COURSE = ("定损", "提交", "核定", "拒赔", "异议", "赔付", "结案", "撤案")
_QUESTIONS = {
    "定损": "谁来查勘的、说了什么？",
    "拒赔": "保险公司给的拒赔理由是什么？请照书面通知写。",
    "异议": "不同意的理由是什么？",
    "撤案": "为什么不索赔？例如：损失低于免赔额。",
    "核定": "核定金额是多少？写数字，例如：9800。",
    "赔付": "到账金额是多少？写数字，例如：9800。",
}


def _register(word: str) -> None:
    @router.command(word, may=may_of(word), usage=usage_of(word), about=move_of(word).about)
    async def by_word(ctx: Ctx, rest: str) -> None:
        case, given = await meant(ctx, word, rest)
        await go_on(ctx, case, word, given)


for _word in COURSE:
    _register(_word)


async def go_on(ctx: Ctx, case: Case, word: str, given: str) -> None:
    """Makes the move with what was written, or asks for what is missing."""
    step = move_of(word)
    if step not in workflow_of(case).offered(case, ctx.staff, ctx.rules):
        await move(ctx, case, word)  # says why not
    if not given and word in _QUESTIONS:
        await ask(ctx, case, "course", f"{case.number} {word}：{_QUESTIONS[word]}", word=word)
        return
    if Need.AMOUNT in step.needs:
        amount, _, note = given.partition(" ")
        await move(ctx, case, word, note.strip(), amount_fen=parse_yuan(amount))
    else:
        await move(ctx, case, word, given)
    state = workflow_of(case).state(case.state).label
    claim = await claim_of(ctx.session, case.id)
    clocks = await running_lines(ctx.session, claim.id, ctx.today)
    odd = [f"注意：{doubt}。" for doubt in doubts(totals(await amounts_of(ctx.session, claim.id)))]
    await done(ctx, case, "\n".join([f"{case.number} 已{word}，现在是“{state}”。", *clocks, *odd]))


@router.step("claim", "course", may=WORK)
async def given_in_words(ctx: Ctx, answers: dict[str, object]) -> None:
    """The note or the amount that was asked for."""
    case = await claim_by_id(ctx, answers["case"])
    if not ctx.message.text.strip():
        raise UserError("请用文字回答，或发“取消”。")
    await go_on(ctx, case, str(answers["word"]), ctx.message.text.strip())


@router.command("补充", may=may_of("补充"), usage=usage_of("补充"), about=move_of("补充").about)
async def amend(ctx: Ctx, rest: str) -> None:
    """One fact: its word and what it is."""
    case, given = await meant(ctx, "补充", rest)
    word, _, said = given.partition(" ")
    known = (*AMENDABLE, "时间", "标的", "地点")
    if word not in known or not said.strip():
        raise UserError(
            f"请写补充哪一项，例如：补充 {case.number} 原因 水管老化爆裂。可补充：{'、'.join(known)}。"
        )
    if word == "时间":
        await amend_time(ctx, case, said)
    else:
        await note_fact(ctx, case, word, said.strip())
    await done(ctx, case, f"{case.number} 已补充{word}。")


async def amend_time(ctx: Ctx, case: Case, said: str) -> None:
    """The time of loss, or of discovery; every clock that is still open follows."""
    when = when_said(said, ctx.now)
    if when is None:
        raise UserError("没看懂时间。请写 14:30、昨晚11点 或 3月15日 22:30，说不清就写“不清楚”。")
    facts: dict[str, object] = {"occurred_at": when.at.isoformat() if when.at else ""}
    if when.found_at is not None:
        facts["found_at"] = when.found_at.isoformat()
    await move(ctx, case, "补充", f"时间：{said}", facts=facts)


@router.command("接手", may=may_of("接手"), usage=usage_of("接手"), about=move_of("接手").about)
async def take_over(ctx: Ctx, rest: str) -> None:
    """Whoever says so is responsible from now on."""
    case, _ = await meant(ctx, "接手", rest)
    await move(ctx, case, "接手")
    await done(ctx, case, f"{case.number} 现在由您负责。")
