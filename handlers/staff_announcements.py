"""公告: drafted by one, approved by another, looked at, recalled, put off, ended."""

from __future__ import annotations

import re

from handlers.announcement_form import begin
from handlers.context import Ctx
from handlers.routing import Router, Side
from models.announcements.announcement import APPROVE, WRITE, latest, locked
from models.announcements.deciding import approve, recall, refuse
from models.announcements.outage_end import put_off, report_restored
from models.announcements.report import announcement_text, silent_text
from models.announcements.span import moment_said, span_said, span_text
from models.announcements.words import clock_words, short, state_text
from models.errors import UserError
from models.messages.content import Button

router = Router("staff_announcements", Side.STAFF)

SEE = f"{WRITE}|{APPROVE}|desk.answer|case.dispatch"
EDIT = f"{WRITE}|{APPROVE}"
RESTORE = f"{EDIT}|case.work"
_SHOWN = 8
_HOW = "拟新公告请这样发：公告 停水 A座 明天9:00-16:00 更换水泵，请提前储水"
_ONE = re.compile(r"([Gg]?\d{1,9})\s*(未签收?|未看|名单)?")


@router.command(
    "公告",
    "通知公告",
    "通告",
    may=SEE,
    usage="公告 停水 A座 明天9:00-16:00 更换水泵",
    about="拟公告、看最近的公告；公告 G07 看送达，公告 G07 未签 看谁没签",
)
async def announcements(ctx: Ctx, rest: str) -> None:
    """Without a word the latest; with a number one of them; else a new one."""
    if one := _ONE.fullmatch(rest.strip()):
        found = await locked(ctx.session, one[1])
        silent = one[2] and await silent_text(ctx.session, found)
        await ctx.reply(silent or await announcement_text(ctx.session, found, ctx.now))
        return
    if rest and not ctx.staff.may(WRITE, ctx.rules):
        raise UserError("您没有拟公告的权限。发送“公告”看最近的公告。")
    if rest:
        await begin(ctx, rest.strip())
        return
    rows = await latest(ctx.session, _SHOWN)
    lines = [f"{each.number}｜{state_text(each)}｜{short(each)}" for each in rows]
    hint = [f"看送达请发“公告 {rows[0].number}”。"] if rows else ["还没有公告。"]
    await ctx.reply("\n".join([*lines, *hint, *([_HOW] if ctx.staff.may(WRITE, ctx.rules) else [])]))


@router.press("announce_ok", may=APPROVE)
async def approved(ctx: Ctx, argument: str) -> None:
    """The other pair of eyes."""
    found = await locked(ctx.session, argument)
    at = await approve(ctx.session, found, ctx.staff, ctx.now, ctx.rules)
    await ctx.audit("announcement.approve", found.subject, number=found.number)
    await ctx.reply(
        f"{found.number} 已批准，{clock_words(at, ctx.now)} 起发送。进展发“公告 {found.number}”。"
    )


@router.press("announce_no", may=APPROVE)
async def not_approved(ctx: Ctx, argument: str) -> None:
    """Why not?"""
    found = await locked(ctx.session, argument)
    await ctx.ask("announcement", "refusal", {"number": found.number}, f"{found.number}：请写不同意的原因。")


@router.step("announcement", "refusal", may=APPROVE)
async def refused(ctx: Ctx, answers: dict[str, object]) -> None:
    """The reason goes back to the author."""
    found = await locked(ctx.session, str(answers["number"]))
    reason = ctx.message.text.strip()[:200]
    if not reason:
        raise UserError("请用文字写明原因。")
    await refuse(ctx.session, found, reason, ctx.staff, ctx.now)
    await ctx.audit("announcement.refuse", found.subject, number=found.number, reason=reason)
    await ctx.reply(f"{found.number} 未批准，已告诉拟稿人。")


@router.command(
    "公告撤回",
    "撤回公告",
    may=EDIT,
    usage="公告撤回 G07 时间写错了",
    about="没发的不再发，已收到的人会收到更正",
)
async def take_back(ctx: Ctx, rest: str) -> None:
    """Number and reason."""
    number, _, reason = rest.strip().partition(" ")
    if not reason.strip():
        raise UserError("请写明编号和原因，例如：公告撤回 G07 时间写错了")
    found = await locked(ctx.session, number)
    back = await recall(ctx.session, found, reason.strip()[:200], ctx.now)
    await ctx.audit("announcement.recall", found.subject, number=found.number, reason=reason.strip()[:200])
    taken = back.desk.stopped + back.desk.taken_back
    desk = f"发给服务台的 {taken} 条已收回。" if taken else ""
    await ctx.reply(
        f"{found.number} 已撤回：未发出的 {back.withheld} 条不再发送，已经收到的租户会收到更正说明。{desk}"
        "微信客服不支持从租户手机上删除消息。"
    )


@router.command(
    "公告改期",
    "停用改期",
    may=EDIT,
    usage="公告改期 G07 到 18:00",
    about="计划停用延后或改时间，告诉等恢复的租户",
)
async def another_time(ctx: Ctx, rest: str) -> None:
    """ "到 18:00" moves the end, "明天 9:00-16:00" both ends."""
    number, _, when = rest.strip().partition(" ")
    if not when.strip():
        raise UserError("请写明编号和新时间，例如：公告改期 G07 到 18:00，或 公告改期 G07 明天 9:00-16:00")
    found = await locked(ctx.session, number)
    span, end = span_said(when, ctx.now), moment_said(when, ctx.now)
    if span is None and end is None:
        raise UserError("没看懂时间，请写成：公告改期 G07 到 18:00")
    from_at, until_at = span[:2] if span else (found.from_at or ctx.now, end or ctx.now)
    if until_at <= ctx.now or until_at <= from_at:
        raise UserError("新的结束时间要晚于现在和开始时间，请重写，例如：公告改期 G07 到 18:00")
    await put_off(ctx.session, found, from_at, until_at, ctx.now, ctx.rules)
    await ctx.audit("announcement.put_off", found.subject, number=found.number, until=until_at.isoformat())
    await ctx.reply(
        f"{found.number} 已改为 {span_text(from_at, until_at)}，已告诉等恢复通知的租户。"
        "要告诉全部收件人，请另发一则公告。"
    )


@router.command(
    "公告恢复", "停用恢复", may=RESTORE, usage="公告恢复 G07", about="停用已恢复，告诉等恢复通知的租户"
)
async def over(ctx: Ctx, rest: str) -> None:
    """Before its planned end."""
    if not rest.strip():
        raise UserError("请写明编号，例如：公告恢复 G07")
    await _over(ctx, rest)


@router.press("outage_over", may=RESTORE)
async def over_tap(ctx: Ctx, argument: str) -> None:
    """The same by button."""
    await _over(ctx, argument)


async def _over(ctx: Ctx, argument: str) -> None:
    found = await locked(ctx.session, argument)
    await report_restored(ctx.session, found, ctx.now, ctx.rules)
    await ctx.audit("announcement.over", found.subject, number=found.number)
    await ctx.reply(
        f"{found.number} 已记为恢复，等消息的租户已告知。", Button(f"say:公告 {found.number}", "看公告")
    )
