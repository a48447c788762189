"""签收, 异议, 承诺: what a tenant answers to a letter."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import BOUND, MONEY, Router, Side
from models.calendar.day_words import parse_day
from models.errors import UserError
from models.fees.promise import By, dispute, promise
from models.messages.content import Button, Content
from models.messages.outbox import Purpose
from models.messages.tell import tell_contact
from models.notices.finding import newest_to_sign, own_by_number, own_notice
from models.notices.notice import Notice
from models.notices.objections import tell_of_pause
from models.notices.signing import Proof, Signer, sign, signed_text

router = Router("tenant_notices", Side.TENANT)

REASON_LENGTH = 500
_POLITE = "了好的谢。，！,.!~ "


@router.command("签收", may=BOUND, usage="签收", about="确认收到通知单")
async def sign_newest(ctx: Ctx, rest: str) -> None:
    tenant_id, numbered = ctx.tenant.tenant.id, any(char.isdecimal() for char in rest)
    notice = (
        await own_by_number(ctx.session, tenant_id, rest)
        if numbered
        else await newest_to_sign(ctx.session, tenant_id)
    )
    if notice is None:
        raise UserError("贵司目前没有需要签收的通知单。发送“账单”可以查看费用。")
    if rest.strip(_POLITE) and not numbered:  # "签收人是谁" is a question, not a signature
        text = f"要签收{notice.kind} {notice.number} 吗？确认请点“签收”。"
        await ctx.reply(text, Button(f"sign:{notice.id}", "签收"))
        return
    await _sign(ctx, notice)


@router.press("sign", may=BOUND)
async def sign_this(ctx: Ctx, notice_id: str) -> None:
    await _sign(ctx, await own_notice(ctx.session, ctx.tenant.tenant.id, notice_id))


async def _sign(ctx: Ctx, notice: Notice) -> None:
    message = ctx.message
    evidence = {
        "channel": message.channel,
        "account": message.sender,
        "message_key": message.key,
        "sent_at": message.sent_at.isoformat(),
        "kind": message.kind.value,
        "text": message.text,
        "action": message.action,
        "data": message.data,
    }
    proof = Proof("微信", f"{message.channel}:{message.key}", evidence)
    signing = await sign(ctx.session, notice, Signer.of(ctx.tenant.contact), proof, ctx.now)
    await ctx.reply(signed_text(notice, signing))
    if signing.first:
        await ctx.audit("notice.sign", notice.subject, sufficient=signing.receipt.sufficient)
    if signing.first and signing.receipt.sufficient and not notice.sha256:
        await _hand_over_file(ctx, notice)


async def _hand_over_file(ctx: Ctx, notice: Notice) -> None:
    """Signed before the file was ever needed: the signer gets it, and the signature its digest."""
    file = Content(file=notice.subject, file_name=f"{notice.kind}-{notice.number}.pdf")
    await tell_contact(
        ctx.session, ctx.tenant.contact, f"{notice.subject}:signed", file,
        now=ctx.now, purpose=Purpose.UPDATE, account=ctx.message.sender, subject=notice.subject,
    )  # fmt: skip


@router.command("异议", may=MONEY, usage="异议 电表读数有误", about="对账单或通知单提出疑问")
async def object_to_newest(ctx: Ctx, rest: str) -> None:
    notice = await newest_to_sign(ctx.session, ctx.tenant.tenant.id)
    await _object(ctx, notice, rest)


@router.press("dispute", may=MONEY)
async def object_to_this(ctx: Ctx, notice_id: str) -> None:
    await _object(ctx, await own_notice(ctx.session, ctx.tenant.tenant.id, notice_id), "")


async def _object(ctx: Ctx, notice: Notice | None, reason: str) -> None:
    if notice is None:
        raise UserError("贵司目前没有账单通知，无需提出异议。发送“帮助”可以看到能做什么。")
    if reason:
        await _keep_objection(ctx, notice, reason)
        return
    question = (
        f"请说明您对{notice.kind} {notice.number} 的疑问，例如“电表读数有误，现在是 15320”。发送“取消”退出。"
    )
    await ctx.ask("dispute", "reason", {"notice": notice.id}, question)


@router.step("dispute", "reason", may=MONEY)
async def hear_reason(ctx: Ctx, answers: dict[str, object]) -> None:
    notice = await own_notice(ctx.session, ctx.tenant.tenant.id, str(answers["notice"]))
    await _object(ctx, notice, ctx.message.text)


async def _keep_objection(ctx: Ctx, notice: Notice, reason: str) -> None:
    tenant, contact = ctx.tenant.tenant, ctx.tenant.contact
    pause = await dispute(ctx.session, tenant.id, reason[:REASON_LENGTH], _by(ctx, notice.id))
    await tell_of_pause(ctx.session, pause, tenant, contact, notice.number, ctx.now, ctx.rules)
    await ctx.audit("notice.dispute", notice.subject, reason=pause.reason, until_on=str(pause.until_on))
    await ctx.reply(
        f"已记下您对{notice.number}的异议（{pause.number}），财务会核对后答复您，{pause.until_on.month}月{pause.until_on.day}日前不再催款。"
        "没有疑问的部分请按期缴纳。"
    )


@router.command("承诺", may=MONEY, usage="承诺 周五", about="约定付款日")
async def promise_day(ctx: Ctx, rest: str) -> None:
    await _promise(ctx, rest, "")


@router.press("promise", may=MONEY)
async def promise_for_this(ctx: Ctx, notice_id: str) -> None:
    notice = await own_notice(ctx.session, ctx.tenant.tenant.id, notice_id)
    await _promise(ctx, "", notice.number)


@router.step("promise", "day", may=MONEY)
async def hear_day(ctx: Ctx, answers: dict[str, object]) -> None:
    await _promise(ctx, ctx.message.text, str(answers.get("about", "")))


async def _promise(ctx: Ctx, when: str, about: str) -> None:
    tenant, contact = ctx.tenant.tenant, ctx.tenant.contact
    if not when:
        days = (Button("form:明天", "明天"), Button("form:周五", "周五"), Button("form:下周一", "下周一"))
        await ctx.ask(
            "promise", "day", {"about": about}, "贵司预计哪一天付款？例如“周五”或“3月28日”。", *days
        )
        return
    pause = await promise(ctx.session, tenant.id, parse_day(when, ctx.today), _by(ctx))
    await tell_of_pause(ctx.session, pause, tenant, contact, about, ctx.now, ctx.rules)
    await ctx.audit("fees.promise", f"tenant:{tenant.id}", until_on=str(pause.until_on))
    await ctx.reply(
        f"已记下：贵司承诺 {pause.until_on.month}月{pause.until_on.day}日前付款，此前不再催款，谢谢。"
        "付款时请备注账单或通知单编号。"
    )


def _by(ctx: Ctx, notice_id: int | None = None) -> By:
    return By(ctx.actor_key, ctx.now, ctx.rules, notice_id)
