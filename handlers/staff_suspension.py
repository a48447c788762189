"""暂停申请, 暂停撤回, 恢复服务: a suspension is asked for, approved by two, carried out and undone."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import Router, Side
from models.errors import UserError
from models.fees.payer import the_payer
from models.messages.content import Button, Content
from models.messages.media import Media
from models.notices.debt_documents import SuspensionNotice
from models.notices.letter import document_of
from models.people.tenant import Tenant
from models.suspension.applying import begin, check_mode, check_ready, give_paper, live_text, services_meant
from models.suspension.machine import BEFORE, Move, State
from models.suspension.moves import Act, make, review
from models.suspension.news import EXECUTE, WARNING, describe
from models.suspension.papers import next_paper, paper, papers_text
from models.suspension.suspension import Suspension, find_by_number, live_of, locked

router = Router("staff_suspension", Side.STAFF)

FORM = "suspension"
REQUEST = "suspension.request"
APPROVE = "suspension.approve_service|suspension.approve_office"
_ASK = "请这样发：暂停申请 云帆设计"


@router.command(
    "暂停申请", may=REQUEST, usage="暂停申请 云帆设计", about="申请暂停欠费租户的服务，逐项交齐材料后送审"
)
async def apply(ctx: Ctx, rest: str) -> None:
    check_mode(ctx.rules)
    if not rest:
        await ctx.reply(await live_text(ctx.session) or f"目前没有进行中的申请。{_ASK}")
        return
    tenant = await the_payer(ctx.session, rest, ctx.today)
    running = await live_of(ctx.session, tenant.id)
    if running is not None:
        await _go_on(ctx, running)
        return
    notice = await check_ready(ctx.session, tenant, ctx.now, ctx.rules)
    letter = document_of(notice)
    allowed = letter.services if isinstance(letter, SuspensionNotice) else ()
    buttons = (Button("form:全部", "全部"), Button("form:取消申请", "不申请了"))
    text = f"{WARNING}\n{tenant.name}：要暂停哪些服务？可选 {'、'.join(allowed)}，多项用顿号隔开。"
    answers = {"tenant": tenant.id, "allowed": list(allowed)}
    await ctx.ask(FORM, "services", answers, Content(title="暂停申请", text=text, buttons=buttons))


@router.step(FORM, "services", may=REQUEST)
async def services_named(ctx: Ctx, answers: dict[str, object]) -> None:
    if ctx.message.text.strip() == "取消申请":
        await ctx.reply("好的，没有申请。")
        return
    allowed = [str(name) for name in list(answers["allowed"])]  # type: ignore[call-overload]
    services = services_meant(ctx.message.text, allowed)
    tenant = await ctx.session.get_one(Tenant, int(str(answers["tenant"])))
    suspension = await begin(ctx.session, tenant, services, ctx.staff, ctx.now, ctx.rules)
    await ctx.audit("suspension.begin", suspension.subject, number=suspension.number, services=services)
    await _go_on(ctx, suspension)


@router.step(FORM, "paper", may=REQUEST)
async def paper_given(ctx: Ctx, answers: dict[str, object]) -> None:
    suspension = await _mine(ctx, str(answers["id"]))
    item = paper(str(answers["paper"]))
    photos = _kept(ctx.media, suspension, item.name) if item.picture else ()
    give_paper(suspension, item, ctx.message.text, photos)
    await _go_on(ctx, suspension)


@router.step(FORM, "confirm", may=REQUEST)
async def confirmed(ctx: Ctx, answers: dict[str, object]) -> None:
    suspension = await _mine(ctx, str(answers["id"]))
    if ctx.message.text.strip() not in ("提交", "提交申请", "是", "确认"):
        await make(ctx.session, suspension, Move.CANCEL, _act(ctx, note="申请人放弃"))
        await ctx.reply(f"{suspension.number} 已放弃，没有提交。")
        return
    await make(ctx.session, suspension, Move.SUBMIT, _act(ctx))
    await ctx.reply(
        f"{suspension.number} 已提交，等待客服经理和项目经理两位批准。"
        f"撤回请发：暂停撤回 {suspension.number} 原因"
    )


@router.command(
    "暂停撤回",
    may=f"{REQUEST}|{APPROVE}",
    usage="暂停撤回 ZS-202605-001 已与租户协商",
    about="撤回还没有执行的暂停服务申请",
)
async def withdraw(ctx: Ctx, rest: str) -> None:
    number, _, reason = rest.strip().partition(" ")
    if not reason.strip():
        raise UserError("请写明编号和原因，例如：暂停撤回 ZS-202605-001 已与租户协商")
    suspension = await _by_number(ctx, number)
    await make(ctx.session, suspension, Move.CANCEL, _act(ctx, note=reason.strip()[:200]))
    await ctx.reply(f"{suspension.number} 已撤回，相关人员已告知。")


@router.press("suspend_ok", may=APPROVE)
async def approve(ctx: Ctx, argument: str) -> None:
    suspension = await locked(ctx.session, argument)
    if await _over(ctx, suspension):
        return
    await make(ctx.session, suspension, Move.APPROVE, _act(ctx))
    await ctx.reply(f"{WARNING}\n{suspension.number}：您已批准，现在是“{suspension.state}”。")


@router.press("suspend_no", may=APPROVE)
async def refuse(ctx: Ctx, argument: str) -> None:
    suspension = await locked(ctx.session, argument)
    await ctx.ask(FORM, "refusal", {"id": suspension.id}, f"{suspension.number}：请写明不同意的原因。")


@router.step(FORM, "refusal", may=APPROVE)
async def refused(ctx: Ctx, answers: dict[str, object]) -> None:
    suspension = await locked(ctx.session, str(answers["id"]))
    reason = _reason(ctx)
    await make(ctx.session, suspension, Move.REJECT, _act(ctx, note=reason))
    await ctx.reply(f"{suspension.number} 未批准，申请人已告知。")


@router.press("suspend_done", may=EXECUTE)
async def done(ctx: Ctx, argument: str) -> None:
    suspension = await locked(ctx.session, argument)
    if await _over(ctx, suspension):
        return
    if suspension.state is not State.APPROVED:
        raise UserError(f"{suspension.number} 现在是“{suspension.state}”，不能执行。")
    await ctx.ask(
        FORM, "photo", {"id": suspension.id}, f"{WARNING}\n{suspension.number}：请发一张执行现场的照片。"
    )


@router.step(FORM, "photo", may=EXECUTE)
async def executed(ctx: Ctx, answers: dict[str, object]) -> None:
    suspension = await locked(ctx.session, str(answers["id"]))
    if await _over(ctx, suspension):
        return
    photos = _kept(ctx.media, suspension, "执行照片")
    await make(ctx.session, suspension, Move.EXECUTE, _act(ctx, photos=photos))
    await ctx.reply(f"{suspension.number} 已登记执行，租户已告知。需要恢复时会立即派单。")


@router.press("suspend_unfit", may=EXECUTE)
async def unfit(ctx: Ctx, argument: str) -> None:
    suspension = await locked(ctx.session, argument)
    await ctx.ask(FORM, "unfit", {"id": suspension.id}, f"{suspension.number}：现场有什么情况？请写明。")


@router.step(FORM, "unfit", may=EXECUTE)
async def declined(ctx: Ctx, answers: dict[str, object]) -> None:
    suspension = await locked(ctx.session, str(answers["id"]))
    await make(ctx.session, suspension, Move.DECLINE, _act(ctx, note=f"现场不宜执行：{_reason(ctx)}"))
    await ctx.reply(f"{suspension.number} 已取消，批准人已告知。")


@router.press("restore_done", may=EXECUTE)
async def restored(ctx: Ctx, argument: str) -> None:
    suspension = await locked(ctx.session, argument)
    await make(ctx.session, suspension, Move.RESTORED, _act(ctx))
    await ctx.reply(f"{suspension.number} 已恢复，租户已告知，辛苦了。")


@router.command(
    "恢复服务",
    may=f"{REQUEST}|{APPROVE}",
    usage="恢复服务 云帆设计 已签还款协议",
    about="让工程部恢复已暂停的服务",
)
async def restore(ctx: Ctx, rest: str) -> None:
    name, _, reason = rest.strip().partition(" ")
    if not reason.strip():
        raise UserError("请写明租户和原因，例如：恢复服务 云帆设计 已签还款协议")
    tenant = await the_payer(ctx.session, name, ctx.today)
    suspension = await live_of(ctx.session, tenant.id)
    if suspension is None:
        raise UserError(f"{tenant.name}没有被暂停的服务。")
    await make(ctx.session, suspension, Move.RESTORE, _act(ctx, note=reason.strip()[:200]))
    await ctx.reply(f"{suspension.number} 已派工程部恢复。")


async def _go_on(ctx: Ctx, suspension: Suspension) -> None:
    """Asks for the next paper, or for the last word; tells how it stands where nothing is to be asked."""
    if suspension.state is not State.GATHERING:
        await ctx.reply(f"{WARNING}\n{await describe(ctx.session, suspension)}\n现在是“{suspension.state}”。")
        return
    if await _over(ctx, suspension):
        return
    item = next_paper(suspension.papers)
    if item is not None:
        answers = {"id": suspension.id, "paper": item.key}
        await ctx.ask(FORM, "paper", answers, f"{suspension.number}｜{item.name}\n{item.question}")
        return
    text = f"{await describe(ctx.session, suspension)}\n{papers_text(suspension.papers)}"
    buttons = (Button("form:提交", "提交申请"), Button("form:放弃", "放弃"))
    content = Content(title="材料齐全，确认提交？", text=f"{WARNING}\n{text}", buttons=buttons)
    await ctx.ask(FORM, "confirm", {"id": suspension.id}, content)


async def _over(ctx: Ctx, suspension: Suspension) -> bool:
    """Whether the facts have just ended it; then the person is told so, and nothing else happens."""
    if not await review(ctx.session, suspension, _act(ctx)):
        return False
    await ctx.reply(f"{WARNING}\n{suspension.number} {suspension.state}：{suspension.reason}。")
    return True


async def _mine(ctx: Ctx, argument: str) -> Suspension:
    """The application while its papers are gathered."""
    suspension = await locked(ctx.session, argument)
    if suspension.state is not State.GATHERING:
        raise UserError(f"{suspension.number} 现在是“{suspension.state}”，不能再补材料。")
    return suspension


async def _by_number(ctx: Ctx, number: str) -> Suspension:
    suspension = await find_by_number(ctx.session, number)
    if suspension.state not in BEFORE:
        raise UserError(f"{suspension.number} 现在是“{suspension.state}”，不能撤回。")
    return suspension


def _act(ctx: Ctx, *, note: str = "", photos: tuple[str, ...] = ()) -> Act:
    key = f"{ctx.message.channel}:{ctx.message.key}"
    return Act(ctx.now, ctx.rules, ctx.staff, note, photos, key)


def _reason(ctx: Ctx) -> str:
    reason = ctx.message.text.strip()[:200]
    if not reason:
        raise UserError("请用文字写明原因。")
    return reason


def _kept(media: Media | None, suspension: Suspension, purpose: str) -> tuple[str, ...]:
    """The picture that came with the answer, kept with the application."""
    if media is None:
        return ()
    media.subject, media.purpose = suspension.subject, purpose
    return (media.sha256,)
