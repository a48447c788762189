"""Staff move repairs: every word of the workflow is a command, every card button the same move by a tap."""

from __future__ import annotations

from handlers.acting import act
from handlers.claim_duties import arrive
from handlers.context import Ctx
from handlers.routing import Router, Side
from handlers.staff_late import ask_why
from handlers.staff_merging import join
from models.cases import WORKFLOWS
from models.cases.advance import advance, workflow_of
from models.cases.case import Case
from models.cases.claim import CLAIM
from models.cases.crew import meant, shift_warning
from models.cases.lookup import case_by_id, case_for
from models.cases.photos import has_result_photo
from models.cases.rating import read_rating, word_for
from models.cases.repair import REPAIR
from models.cases.repair_cards import facts_of, step_card
from models.cases.workflow import Move, Need, Right
from models.errors import UserError
from models.fees.money import parse_yuan
from models.messages.content import Button
from models.people.staff import Staff

router = Router("staff_repair", Side.STAFF)

ANY_CASE_WORK = "case.work|case.dispatch|case.close"
_PERMISSIONS = {Right.WORKER: "case.work", Right.HELPER: "case.work", Right.CREW: "case.work"}
_QUESTIONS = {
    "完工": "请用一句话写处理结果，例如：更换电容。",
    "待料": "请写缺什么，例如：缺压缩机。",
    "退单": "请写退单原因。",
    "撤单": "请写撤单原因。",
    "并单": "请写并到哪一单，例如：R06。",
    "关闭": "请写关闭原因。",
    "办结": "请写回访的情况。",
    "答复": "请写给租户的答复。",
    "回复": "请写给租户的回复。",
    "涉及": "请写被投诉同事的姓名。",
}
_SAY = "请用一句话写明情况。"


def permission_of(move: Move) -> str:
    """Whoever may make the move in one workflow may say its word; the case decides the rest."""
    same = [known for flow in WORKFLOWS if (known := flow.move(move.word)) is not None]
    rights = [right for each in same for right in each.by if right not in (Right.REPORTER, Right.SYSTEM)]
    return "|".join(dict.fromkeys(_PERMISSIONS.get(right, right.value) for right in rights))


def _register(move: Move) -> None:
    @router.command(move.word, *move.aliases, may=permission_of(move), usage=move.usage(), about=move.about)
    async def by_word(ctx: Ctx, rest: str) -> None:
        await by_command(ctx, move, rest)


for _move in REPAIR.moves:
    if _move.for_staff and not _move.unsaid:
        _register(_move)


async def by_command(ctx: Ctx, move: Move, rest: str) -> None:
    """A word with number and whatever the move needs."""
    if Need.RATING in move.needs:
        stars, note, number = read_rating(rest)
        case, _ = await case_for(ctx.session, ctx.staff, move.word, number, ctx.now, ctx.rules)
        given = f"{stars or ''} {note}".strip()
    else:
        case, given = await case_for(ctx.session, ctx.staff, move.word, rest, ctx.now, ctx.rules)
    await move_case(ctx, case, workflow_of(case).move(move.word) or move, given)


@router.press("do", may=ANY_CASE_WORK)
async def by_button(ctx: Ctx, argument: str) -> None:
    """ "<case id>:<word>"."""
    case_id, _, word = argument.partition(":")
    case = await case_by_id(ctx.session, ctx.staff, case_id)
    move = workflow_of(case).move(word)
    if move is None:
        raise UserError("这个按钮已经失效。发送“待办”查看您的任务。")
    await move_case(ctx, case, move, "")


@router.press("take", may="case.work")
async def take(ctx: Ctx, case_id: str) -> None:
    """派给我: the technician takes what nobody has yet."""
    case = await case_by_id(ctx.session, ctx.staff, case_id)
    await carry_out(ctx, case, "领单")


@router.press("assign", may="case.dispatch")
async def assign(ctx: Ctx, argument: str) -> None:
    """ "<case id>:<userid>"."""
    case_id, _, userid = argument.partition(":")
    case = await case_by_id(ctx.session, ctx.staff, case_id)
    await hand_out(ctx, case, "派单", userid)


@router.step("move", "given", may=ANY_CASE_WORK)
async def given_in_words(ctx: Ctx, answers: dict[str, object]) -> None:
    """The note or the name we asked for; a picture meanwhile is kept with the case."""
    case = await case_by_id(ctx.session, ctx.staff, str(answers["case"]))
    move = workflow_of(case).move(str(answers["word"]))
    if move is None:
        raise UserError("这个步骤已经失效。发送“待办”查看您的任务。")
    if ctx.media is not None:
        ctx.media.subject = case.subject
    await move_case(ctx, case, move, ctx.message.text)


async def move_case(ctx: Ctx, case: Case, move: Move, given: str) -> None:
    """Makes the move with what was written, or asks for what is missing."""
    if case.workflow == CLAIM.name and move.word == "到场":
        await arrive(ctx, case)
    elif move.word == "接单" and case.state == "new":
        await carry_out(ctx, case, "领单")
    elif move.word == "并单" and given:
        await join(ctx, case, given)
    elif move not in workflow_of(case).offered(case, ctx.staff, ctx.rules):
        await advance(ctx.session, case, move.word, act(ctx))  # says why not
    elif Need.WORKER in move.needs:
        await hand_out(ctx, case, move.word, given)
    elif Need.AMOUNT in move.needs:
        amount, _, what = given.partition(" ")
        await carry_out(ctx, case, move.word, what.strip(), amount_fen=parse_yuan(amount) if amount else None)
    elif Need.RATING in move.needs:
        stars, note, _ = read_rating(given)
        word = word_for(stars, "回访", ctx.rules.repair.low_rating_most)
        await carry_out(ctx, case, word if stars else move.word, note, rating=stars)
    elif Need.NOTE in move.needs and not given:
        answers = {"case": case.id, "word": move.word}
        await ctx.ask(
            "move", "given", answers, f"{case.number} {move.word}：{_QUESTIONS.get(move.word, _SAY)}"
        )
    else:
        await carry_out(ctx, case, move.word, given)


async def hand_out(ctx: Ctx, case: Case, word: str, name: str) -> None:
    """Gives the case to the one named; asks when several are called so."""
    who = await meant(ctx.session, name, ctx.now, ctx.rules)
    if who.worker is None:
        buttons = [Button(f"form:{member.userid}", _label(member, who.choices)) for member in who.choices]
        answers = {"case": case.id, "word": word}
        await ctx.ask("move", "given", answers, f"{case.number} 派给谁？点选或回复姓名。", *buttons)
        return
    move = await advance(ctx.session, case, word, act(ctx, worker=who.worker))
    warning = shift_warning(who.worker, ctx.now, ctx.rules)
    if not move.target:
        await ctx.reply(f"{case.number} 已{word}{who.worker.name}。{warning}")
        return
    await confirm(ctx, case, f"{case.number} 已派给{who.worker.name}。{warning}")
    await ask_why(ctx, case)


def _label(member: Staff, among: tuple[Staff, ...]) -> str:
    """Namesakes are told apart by department."""
    twins = sum(other.name == member.name for other in among) > 1
    return (f"{member.name} {member.department}" if twins else member.name)[:10]


async def carry_out(
    ctx: Ctx,
    case: Case,
    word: str,
    note: str = "",
    *,
    rating: int | None = None,
    amount_fen: int | None = None,
) -> None:
    """The move itself, and what to do next."""
    move = await advance(ctx.session, case, word, act(ctx, note=note, rating=rating, amount_fen=amount_fen))
    if move.target == "done" and not await has_result_photo(ctx.session, case):
        answers = {"case": case.id}
        await ctx.ask(
            "photo", "result", answers, f"{case.number} 已完工，已请租户签认。请拍一张完工照片发来。"
        )
    else:
        await confirm(ctx, case, _done_text(case, move))
    await ask_why(ctx, case)


def _done_text(case: Case, move: Move) -> str:
    match move.target:
        case "done":
            return f"{case.number} 已完工，已请租户签认。"
        case "quoted":
            return f"{case.number} 已报价，等租户同意后再施工。"
        case "new":
            return f"{case.number} 已{move.word}，正在重新派单。"
        case "low_rated":
            return f"{case.number} 已记下低分，已请主管跟进。"
    return f"{case.number} 已{move.word}。"


async def confirm(ctx: Ctx, case: Case, text: str) -> None:
    """A line, or the next card for the one who has the work."""
    workflow = workflow_of(case)
    offered = workflow.offered(case, ctx.staff, ctx.rules)
    if ctx.staff.id not in (case.worker_id, *case.helpers) or not any(move.tap for move in offered):
        await ctx.reply(text)
        return
    facts = await facts_of(ctx.session, workflow, case, ctx.now)
    label = workflow.state(case.state).label
    content = step_card(workflow, case, facts, ctx.staff, ctx.rules, label)
    await ctx.reply(content, subject=case.subject)
