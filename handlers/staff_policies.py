"""保单, 续保, 新保单: what insurer to call, and a renewal on its way through three departments."""

from __future__ import annotations

from datetime import date

from handlers.context import Ctx
from handlers.routing import Router, Side
from models.calendar.day_words import parse_day
from models.errors import UserError
from models.fees.money import parse_yuan, yuan
from models.messages.media import loose
from models.policies.policy import Policy, all_policies, find_policy, running_policies
from models.policies.renewal import (
    PolicyRenewal,
    approve,
    check,
    lock_renewal,
    offer,
    open_renewal_of,
    open_renewals,
    send_back,
    take_up,
)
from models.policies.renewal_cards import (
    APPROVE,
    CHECK,
    OFFER,
    ask_next,
    buttons_for,
    offer_text,
    tell_offerer,
)
from models.policies.words import (
    NONE_YET,
    advice_text,
    detail_text,
    list_text,
    loss_meant,
    object_meant,
    object_text,
)

router = Router("staff_policies", Side.STAFF)

SEE = "claim.open"
_OFFER_USAGE = "续保 财产一切险 36000 2027-06-30 条件不变"
_ASK_OFFER = f"请这样发：{_OFFER_USAGE}（报价单照片先发来，会一起附上）。"
_ASK_NEW = "请这样发：新保单 原保单号 新保单号。"


@router.command("保单", "保险", may=SEE, usage="保单 玻璃", about="看保单、报案电话，出险可以问哪一份")
async def policies(ctx: Ctx, rest: str) -> None:
    """All of them; one by name or number; those to ask about a kind of loss, or about what is hurt."""
    everything = await all_policies(ctx.session)
    if not everything:
        raise UserError(NONE_YET)
    if not rest:
        await ctx.reply(list_text(everything, ctx.today))
    elif loss := loss_meant(rest, ctx.rules.claims):
        await ctx.reply(advice_text(await running_policies(ctx.session, ctx.today), loss))
    elif thing := object_meant(rest, ctx.rules.claims):
        running = await running_policies(ctx.session, ctx.today)
        await ctx.reply(object_text(running, thing, ctx.rules.claims))
    else:
        await ctx.reply(detail_text(await find_policy(ctx.session, rest, ctx.today)))


@router.command(
    "续保", may=f"{OFFER}|{CHECK}|{APPROVE}", usage=_OFFER_USAGE, about="提交续保，行政人事部复核、总办批准"
)
async def renew(ctx: Ctx, rest: str) -> None:
    """Without an argument: what is on its way."""
    if not rest:
        await _show_open(ctx)
        return
    if not ctx.staff.may(OFFER, ctx.rules):
        raise UserError("续保由客户服务部提交。发送“续保”看待您处理的申请。")
    name, premium, end, *note = rest.split(maxsplit=3) + [""] * max(0, 3 - len(rest.split(maxsplit=3)))
    if not (premium and end):
        raise UserError(_ASK_OFFER)
    policy = await find_policy(ctx.session, name, ctx.today)
    await _offer(ctx, policy, parse_yuan(premium), parse_day(end, ctx.today), " ".join(note))


async def _offer(ctx: Ctx, policy: Policy, premium_fen: int, end_on: date, note: str) -> None:
    made = await offer(ctx.session, policy, premium_fen, end_on, note[:200], by=ctx.actor_key, now=ctx.now)
    papers = await loose(ctx.session, ctx.message.channel, ctx.message.sender, ctx.now)
    for media in papers:
        media.subject = made.subject
    await ctx.session.flush()
    await ctx.audit("policy.offer", made.subject, policy=policy.number, premium_fen=premium_fen)
    await ask_next(ctx.session, policy, made, ctx.key, now=ctx.now, rules=ctx.rules)
    await ctx.reply(
        f"已提交 {policy.label} 续保至 {end_on}，保费 {yuan(premium_fen)} 元，附件 {len(papers)} 份。"
        "已请行政人事部复核合同。"
    )


async def _show_open(ctx: Ctx) -> None:
    waiting = await open_renewals(ctx.session)
    if not waiting:
        how = f"提交续保{_ASK_OFFER}" if ctx.staff.may(OFFER, ctx.rules) else "客户服务部提交后会发卡片给您。"
        raise UserError(f"没有在办的续保。{how}")
    for each in waiting[:5]:
        policy = await ctx.session.get_one(Policy, each.policy_id)
        text = f"【续保】{each.state.label}\n{await offer_text(ctx.session, policy, each)}"
        await ctx.reply(text, *buttons_for(each, ctx.staff, ctx.rules), subject=each.subject)


@router.command("新保单", may=OFFER, usage="新保单 CX2026001 CX2027001", about="续保签单后登记新保单号")
async def new_policy(ctx: Ctx, rest: str) -> None:
    """The renewed policy, as the old one but for number and period."""
    words = rest.split()
    if len(words) != 2 or len(words[1]) > 60:
        raise UserError(_ASK_NEW)
    policy = await find_policy(ctx.session, words[0], ctx.today)
    fresh = await take_up(ctx.session, policy, await open_renewal_of(ctx.session, policy.id), words[1])
    await ctx.audit("policy.new", fresh.subject, number=fresh.number, after=policy.number)
    await ctx.reply(
        f"已登记 {fresh.label}，{fresh.start_on} 至 {fresh.end_on}，其他内容同原保单；"
        f"有改动请填在导入表“保单”页再导入一次。\n{detail_text(fresh)}"
    )


@router.press("renew_check", may=CHECK)
async def check_by_card(ctx: Ctx, argument: str) -> None:
    """行政人事部 has checked the contract."""
    policy, renewal = await _meant(ctx, argument)
    check(renewal, by=ctx.actor_key, now=ctx.now)
    await ctx.audit("policy.check", renewal.subject, policy=policy.number)
    await ask_next(ctx.session, policy, renewal, ctx.key, now=ctx.now, rules=ctx.rules)
    await ctx.reply(f"{policy.label} 续保合同已复核，已请总办批准。")


@router.press("renew_approve", may=APPROVE)
async def approve_by_card(ctx: Ctx, argument: str) -> None:
    """总办 agrees."""
    policy, renewal = await _meant(ctx, argument)
    approve(renewal, by=ctx.actor_key, now=ctx.now)
    await ctx.audit("policy.approve", renewal.subject, policy=policy.number)
    await tell_offerer(ctx.session, policy, renewal, ctx.key, by=ctx.actor_name, now=ctx.now)
    await ctx.reply(f"{policy.label} 续保已批准，已告知提交人签单。")


@router.press("renew_back", may=f"{CHECK}|{APPROVE}")
async def back_by_card(ctx: Ctx, argument: str) -> None:
    """A reason is asked for first."""
    policy, renewal = await _meant(ctx, argument)
    _must_hold(ctx, renewal)
    await ctx.ask("renewal", "reason", {"renewal": renewal.id}, f"退回 {policy.label} 的续保，请写明原因：")


@router.step("renewal", "reason", may=f"{CHECK}|{APPROVE}")
async def reason_given(ctx: Ctx, answers: dict[str, object]) -> None:
    """Back to the one who offered it."""
    policy, renewal = await _meant(ctx, str(answers["renewal"]))
    _must_hold(ctx, renewal)
    send_back(renewal, ctx.message.text)
    await ctx.audit("policy.send_back", renewal.subject, reason=renewal.reason)
    await tell_offerer(ctx.session, policy, renewal, ctx.key, by=ctx.actor_name, now=ctx.now)
    await ctx.reply(f"{policy.label} 的续保申请已退回，已告知提交人：{renewal.reason}")


def _must_hold(ctx: Ctx, renewal: PolicyRenewal) -> None:
    if not buttons_for(renewal, ctx.staff, ctx.rules):
        raise UserError(f"这份续保申请现在是“{renewal.state.label}”，不在您手里。")


async def _meant(ctx: Ctx, argument: str) -> tuple[Policy, PolicyRenewal]:
    number = int(argument) if argument.isdecimal() and argument.isascii() and len(argument) < 10 else 0
    renewal = await lock_renewal(ctx.session, number)
    return await ctx.session.get_one(Policy, renewal.policy_id), renewal
