"""材料, 补料, 单据, 卷宗: which papers are there, what the insurer asked for, and the papers themselves."""

from __future__ import annotations

from handlers.claim_case import WORK, claim_by_id, done, may_of, meant, move, move_of, usage_of
from handlers.context import Ctx
from handlers.routing import Router, Side
from models.cases.case import Case
from models.claims.checklist import checklist, checklist_text, request_line
from models.claims.claim import claim_of
from models.claims.paper import OURS, PAPER_LABELS, Paper, paper_meant, requests_of
from models.errors import UserError
from models.messages.content import Button, Content

router = Router("claim_papers", Side.STAFF)

MOST_BUTTONS = 6
_FORMS = {"出险通知书": "notice", "受损标的清单": "damage", "特别事件报告": "report"}
_DONE = ("已交", "交了", "已补")


@router.command("材料", may=may_of("材料"), usage=usage_of("材料"), about=move_of("材料").about)
async def papers(ctx: Ctx, rest: str) -> None:
    """The checklist; with the name of a paper, pictures of it are asked for."""
    case, given = await meant(ctx, "材料", rest)
    if not given:
        await show(ctx, case)
        return
    paper = paper_meant(given)
    if paper is None:
        names = "、".join(label for each, label in PAPER_LABELS.items() if each not in OURS)
        raise UserError(f"没有“{given[:20]}”这样材料，可以拍照存入的有：{names}。")
    await ask_page(ctx, case, paper)


async def show(ctx: Ctx, case: Case, head: str = "") -> None:
    """What is there and what is missing; one tap begins with a missing paper."""
    claim = await claim_of(ctx.session, case.id)
    text = await checklist_text(ctx.session, claim, case.number)
    buttons = await _missing(ctx, case) if case.closed_at is None else ()
    if head:
        await ctx.reply(head)
    await ctx.reply(text)
    if buttons:
        title = f"{case.number} 拍哪一份存入？"
        await ctx.reply(Content(title=title, text="点选后拍照发来。", buttons=buttons), subject=case.subject)


async def _missing(ctx: Ctx, case: Case) -> tuple[Button, ...]:
    """Papers that come as pictures: what must be there before what may be asked for."""
    lines = await checklist(ctx.session, await claim_of(ctx.session, case.id))
    wanted = sorted(
        (line for line in lines if not line.have and line.asked.paper not in OURS),
        key=lambda line: not line.missing,
    )
    return tuple(_button(case, line.asked.paper) for line in wanted[:MOST_BUTTONS])


def _button(case: Case, paper: Paper, media_id: int | None = None) -> Button:
    """The receipt of the police goes with its number, which another question asks for."""
    if paper is Paper.POLICE and media_id is None:
        return Button(f"claim:{case.id}:报警", PAPER_LABELS[paper])
    ending = f":{media_id}" if media_id else ""
    return Button(f"paper:{case.id}:{paper}{ending}", PAPER_LABELS[paper])


async def wanted_papers(ctx: Ctx, case: Case, media_id: int) -> list[Button]:
    """The papers this picture may be a page of, the missing ones first; one tap files it."""
    lines = await checklist(ctx.session, await claim_of(ctx.session, case.id))
    missing = sorted((line for line in lines if not line.have), key=lambda line: not line.missing)
    wanted = [*(line.asked.paper for line in missing), Paper.QUOTE, Paper.INVOICE, Paper.OTHER]
    papers = dict.fromkeys(paper for paper in wanted if paper not in (*OURS, Paper.POLICE))
    return [_button(case, paper, media_id) for paper in papers]


async def offer_papers(ctx: Ctx, case: Case, media_id: int) -> None:
    """For a picture that shows no scene: which paper is it?"""
    *found, other = await wanted_papers(ctx, case, media_id)
    text = "是单据的，点一下归入；不是就不用管。"
    buttons = (*found[: MOST_BUTTONS - 1], other)
    await ctx.reply(
        Content(title=f"{case.number} 这张是哪份材料？", text=text, buttons=buttons), subject=case.subject
    )


@router.press("paper", may=WORK)
async def tapped(ctx: Ctx, argument: str) -> None:
    """ "<case id>:<paper>", or with ":<media id>" of the picture that is to be filed."""
    case_id, _, rest = argument.partition(":")
    name, _, media_id = rest.partition(":")
    case = await claim_by_id(ctx, case_id)
    if name not in set(Paper) - OURS:
        raise UserError(f"这个按钮已经失效。发“材料 {case.number}”看还缺什么。")
    if media_id.isdecimal() and media_id.isascii() and len(media_id) < 10:
        await file(ctx, case, Paper(name), int(media_id))
        await show(ctx, case, f"已归入{PAPER_LABELS[Paper(name)]}。")
    else:
        await ask_page(ctx, case, Paper(name))


async def ask_page(ctx: Ctx, case: Case, paper: Paper) -> None:
    """The next picture is a page of the paper."""
    answers = {"case": case.id, "paper": str(paper)}
    await ctx.ask(
        "claim_paper", "page", answers, f"{case.number} {PAPER_LABELS[paper]}：请拍照发来，要拍全四角。"
    )


@router.step("claim_paper", "page", may=WORK)
async def page(ctx: Ctx, answers: dict[str, object]) -> None:
    """A page, or the end of them."""
    case, paper = await claim_by_id(ctx, answers["case"]), Paper(str(answers["paper"]))
    if ctx.media is None:
        await show(ctx, case)
        return
    await file(ctx, case, paper, ctx.media.id)
    again = {"case": case.id, "paper": str(paper)}
    text = f"已存入{PAPER_LABELS[paper]}。还有下一页就接着拍，没有就回复“完”。"
    await ctx.ask("claim_paper", "page", again, text)


async def file(ctx: Ctx, case: Case, paper: Paper, media_id: int) -> None:
    """Keeps the picture as a page."""
    await move(ctx, case, "材料", PAPER_LABELS[paper], facts={"paper": str(paper), "media": media_id})


@router.command("补料", may=may_of("补料"), usage=usage_of("补料"), about=move_of("补料").about)
async def requested(ctx: Ctx, rest: str) -> None:
    """What the insurer asks for besides; with 已交, that it has it."""
    case, given = await meant(ctx, "补料", rest)
    claim = await claim_of(ctx.session, case.id)
    earlier = await requests_of(ctx.session, claim.id)
    if not given:
        asked = "\n".join(request_line(each) for each in earlier) or "还没有补料要求。"
        raise UserError(
            f"{asked}\n要记一条请发：补料 {case.number} 要什么；交了请发：补料 {case.number} 已交 怎么交的。"
        )
    if word := next((word for word in _DONE if given.startswith(word)), ""):
        how = given.removeprefix(word).strip()
        await move(ctx, case, "补料", f"已交 {how}".strip(), facts={"done": True})
        await done(ctx, case, f"{case.number} 补料已记为交齐，保险公司的核定期限接着算。")
        return
    await move(ctx, case, "补料", given)
    again = (
        "保险公司应一次性说明要补什么（保险法第二十二条），这已不是第一次，请留下书面要求。"
        if earlier
        else ""
    )
    text = f"{case.number} 已记下保险公司的补料要求：{given[:100]}。核定期限从今天起停计，交后发“补料 {case.number} 已交”。"
    await done(ctx, case, text + again)


@router.command("单据", may=WORK, usage="单据 L01", about="取出险通知书、受损标的清单、特别事件报告三张 PDF")
async def forms(ctx: Ctx, rest: str) -> None:
    """All three, or the one named."""
    case, given = await meant(ctx, "单据", rest)
    chosen = {
        name: form for name, form in _FORMS.items() if given and (given in name or name in given)
    } or _FORMS
    await ctx.reply(f"{case.number} {'、'.join(chosen)}：按现有记录填好，标“待补”的请核实后手填，再盖章。")
    for name, form in chosen.items():
        await send_form(ctx, case, name, form)


async def send_form(ctx: Ctx, case: Case, name: str, form: str) -> None:
    """The PDF as a message of its own."""
    file_name = f"{name}-{case.number}.pdf"
    await ctx.reply(Content(file=f"claim:{case.id}:{form}", file_name=file_name), subject=case.subject)


@router.command(
    "卷宗", may=WORK, usage="卷宗 L01", about="取一件理赔的全部材料：目录、事实、时限、照片、清单、单据、记录"
)
async def dossier(ctx: Ctx, rest: str) -> None:
    """The whole file."""
    case, _ = await meant(ctx, "卷宗", rest)
    await ctx.audit("claim.file", case.subject, number=case.number)
    await send_form(ctx, case, "理赔卷宗", "file")
