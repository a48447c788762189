"""The desk: what waits, how a case stands, reports entered for a tenant, pictures from the scene."""

from __future__ import annotations

from handlers.claim_photos import take_and_ask
from handlers.context import Ctx
from handlers.reading_photos import take_photo
from handlers.routing import ANYONE, Router, Side
from models.announcements.deciding import announcements_todo
from models.cases.case import Case, find_case
from models.cases.claim import CLAIM
from models.cases.complaint_person import may_read
from models.cases.lookup import case_by_id, split_number
from models.cases.merge_proposal import proposals_todo
from models.cases.progress import active_of, progress_text, todo_text
from models.cases.report import add_photo
from models.claims.at_hand import claims_at_hand, fresh_claims
from models.claims.claim import open_claim_over
from models.claims.view import claim_text, claims_todo, repairs_of_case
from models.errors import UserError
from models.fees.pause_words import disputes_todo
from models.messages.content import Button, Content
from models.messages.inbound import Kind
from models.messages.media import loose
from models.suspension.waiting import suspensions_todo

router = Router("staff_desk", Side.STAFF)


@router.command("待办", may=ANYONE, usage="待办", about="我的任务，超时的在前")
async def todo(ctx: Ctx, rest: str) -> None:
    """Mine first, then what is to be given out."""
    text = await todo_text(ctx.session, ctx.staff, ctx.now, ctx.rules)
    parts = [
        text,
        await proposals_todo(ctx.session, ctx.staff, ctx.rules),
        await claims_todo(ctx.session, ctx.staff, ctx.now, ctx.rules),
        await disputes_todo(ctx.session, ctx.staff.userid),
        await announcements_todo(ctx.session, ctx.staff, ctx.rules),
        await suspensions_todo(ctx.session, ctx.staff, ctx.rules),
    ]
    text = "\n".join(part for part in parts if part)
    await ctx.reply(text or "没有待办，辛苦了。发送“帮助”可以看到您能用的指令。")


@router.command(
    "进度",
    "查单",
    may="case.work|case.dispatch|case.enter|case.close|case.see_all|claim.open",
    usage="进度 R07",
    about="看一单的全部经过",
)
async def progress(ctx: Ctx, rest: str) -> None:
    """The timeline with all notes."""
    number, _ = split_number(rest)
    if not number:
        raise UserError("请写明单号，例如：进度 R07。")
    case = await find_case(ctx.session, number)
    if case.workflow == CLAIM.name:
        await ctx.reply(await claim_text(ctx.session, case, ctx.now))
        return
    if not await may_read(ctx.session, case, ctx.staff, ctx.rules):
        raise UserError(f"没有找到单号 {number}，请核对后再发。")
    await ctx.reply(await progress_text(ctx.session, case, ctx.now, for_staff=True))


@router.command(
    "工单", may="case.see_all|case.work|case.dispatch", usage="工单 R07", about="取一单的维修工单 PDF，附照片"
)
async def work_order(ctx: Ctx, rest: str) -> None:
    """The sheet to print and have signed."""
    number, _ = split_number(rest)
    if not number:
        raise UserError("请写明单号，例如：工单 R07。")
    case = await find_case(ctx.session, number)
    if case.workflow == CLAIM.name or not await may_read(ctx.session, case, ctx.staff, ctx.rules):
        raise UserError(f"没有找到单号 {number}，请核对后再发。")
    await ctx.reply(
        Content(file=f"workorder:{case.id}", file_name=f"工单-{case.number}.pdf"), subject=case.subject
    )


@router.step("photo", "result", may=ANYONE)
async def result_photo(ctx: Ctx, answers: dict[str, object]) -> None:
    """The picture after 完工; words instead of it are no harm."""
    case = await case_by_id(ctx.session, ctx.staff, str(answers["case"]))
    if ctx.media is None:
        await ctx.reply(f"{case.number} 已完工，照片可稍后补发。发送“待办”查看其他任务。")
        return
    await store(ctx, case)


@router.step("photo", "case", may=ANYONE)
async def photo_case(ctx: Ctx, answers: dict[str, object]) -> None:
    """Which of several cases the loose pictures belong to; another picture asks again."""
    if ctx.media is not None and not ctx.message.text:
        await ask_which(ctx, await at_work_on(ctx))
        return
    number, _ = split_number(ctx.message.text)
    case = await find_case(ctx.session, number or ctx.message.text)
    if case.workflow == CLAIM.name:
        await store(ctx, case)
        return
    if case.worker_id != ctx.staff.id:
        raise UserError(f"{case.number} 不是您负责的单，照片没有存入。")
    await store(ctx, case)


@router.kind(Kind.IMAGE)
async def photo(ctx: Ctx, text: str) -> None:
    """A picture belongs to the one case the member is at work on."""
    if ctx.media is None:
        raise UserError("照片没有收到，请再发一次。")
    active = await at_work_on(ctx)
    if not active and await take_photo(ctx):
        return
    if not active:
        await ctx.reply(
            "照片已收下，您现在没有进行中的维修单。半小时内登记（代报、抄表、送达、邮寄、拒收）时会自动附上。"
        )
    elif len(active) > 1:
        await ask_which(ctx, active)
    else:
        await store(ctx, active[0])


async def at_work_on(ctx: Ctx) -> list[Case]:
    """What a picture of this member may belong to: repairs in hand, claims just worked on; a claim before its repairs."""
    claims = await claims_at_hand(ctx.session, ctx.staff, ctx.now, ctx.rules)
    locked = [repair.id for case in claims for repair in await repairs_of_case(ctx.session, case.id)]
    active = [case for case in await active_of(ctx.session, ctx.staff.id) if case.id not in locked]
    if not claims and not active and ctx.staff.may("claim.open", ctx.rules):
        return await fresh_claims(ctx.session, ctx.now, ctx.rules)
    return [*claims, *active]


async def ask_which(ctx: Ctx, active: list[Case]) -> None:
    """Several cases are open."""
    buttons = [Button(f"form:{case.number}", f"{case.number} {case.category}"[:10]) for case in active[:6]]
    await ctx.ask("photo", "case", {}, "这张照片属于哪一单？点选或回复单号。", *buttons)


async def store(ctx: Ctx, case: Case) -> None:
    """Attaches everything this member sent lately."""
    pictures = await loose(ctx.session, ctx.message.channel, ctx.message.sender, ctx.now)
    if case.workflow == CLAIM.name:
        await take_and_ask(ctx, case, pictures)
        return
    for media in pictures:
        await add_photo(ctx.session, case, media, ctx.now)
    owner = await open_claim_over(ctx.session, case.id)
    if owner is not None and pictures and ctx.staff.may("claim.open", ctx.rules):
        await take_and_ask(ctx, owner, pictures)
    else:
        await ctx.reply(f"照片已存入 {case.number}。")
