"""拒收, 邮寄, 妥投, 退件: letters that were not taken at the door, and those that went by post [manual ¶4.6.6]."""

from __future__ import annotations

from datetime import date

from handlers.context import Ctx
from handlers.proof_photos import ask_for_photo
from handlers.routing import Router, Side
from models.clock import local_date
from models.errors import UserError
from models.notices.door_words import DELIVERED, RETURNED, outcome_told, refusal_told
from models.notices.finding import any_by_number
from models.notices.posting import (
    Posting,
    note_delivered,
    note_posting,
    note_returned,
    parcel_on_its_way,
)
from models.notices.proof_photos import attach_loose
from models.notices.refusal import note_refusal

router = Router("staff_post", Side.STAFF)

MAY = "notice.deliver"
TRACKING_LENGTH = 40
_POSTED = "请这样发：邮寄 JF-202603-0001 EMS1234567890。"


@router.command(
    "拒收", may=MAY, usage="拒收 JF-202603-0001 前台 说负责人不在 见证 周敏", about="登记上门被拒收"
)
async def refused(ctx: Ctx, rest: str) -> None:
    number, told = await refusal_told(ctx.session, rest, ctx.staff)
    notice = await any_by_number(ctx.session, number)
    key = f"{ctx.message.channel}:{ctx.message.key}"
    refusal, new = await note_refusal(ctx.session, notice, told, ctx.staff.userid, key, ctx.now)
    photos = await attach_loose(ctx.session, refusal, ctx.staff.userid, ctx.now)
    if new:
        detail = {"who": told.who, "reason": told.reason, "witness": told.witness, "photos": photos}
        await ctx.audit("notice.refused", notice.subject, **detail)
    done = (
        f"{'已登记' if new else '此前已登记'} {notice.number} 上门被拒收（{refusal.who}：{refusal.reason}）"
    )
    following = f"拒收不等于签收，请接着邮寄，完成后发送：邮寄 {notice.number} 快递单号"
    if refusal.credible:
        await ctx.reply(f"{done}，照片 {photos} 张。{following}")
        return
    missing = "还没有见证人或照片：请两人同去，或把通知单留置现场拍照发来，"
    await ask_for_photo(ctx, refusal, f"{done}。{missing}单方陈述难以作证。{following}")


@router.command("邮寄", may=MAY, usage="邮寄 JF-202603-0001 EMS1234567890", about="登记邮寄的快递单号")
async def posted(ctx: Ctx, rest: str) -> None:
    words = rest.split()
    if len(words) != 2 or len(words[1]) > TRACKING_LENGTH:
        raise UserError(_POSTED)
    notice = await any_by_number(ctx.session, words[0])
    parcel, new = await note_posting(ctx.session, notice, words[1], ctx.staff.userid, ctx.now)
    photos = await attach_loose(ctx.session, parcel, ctx.staff.userid, ctx.now)
    if new:
        await ctx.audit("notice.post", notice.subject, tracking=words[1], photos=photos)
    done = (
        f"{'已登记' if new else '此前已登记'} {notice.number} 邮寄单号 {parcel.tracking}。"
        f"面单“内件品名”请写：{parcel.content}。查到结果后发送：妥投 {notice.number} 或 退件 {notice.number} 原因。"
    )
    if photos:
        await ctx.reply(f"{done}面单照片 {photos} 张。")
    else:
        await ask_for_photo(ctx, parcel, f"{done}还没有面单照片，请把面单和内件拍照发来。")


@router.command("妥投", may=MAY, usage="妥投 JF-202603-0001 3月15日 收发室", about="登记邮件已投递")
async def delivered(ctx: Ctx, rest: str) -> None:
    told = outcome_told(rest, ctx.today, DELIVERED)
    notice = await any_by_number(ctx.session, told.number)
    parcel = await parcel_on_its_way(ctx.session, notice)
    _check_day(parcel, told.on)
    new = note_delivered(parcel, told.on, told.text, ctx.staff.userid, ctx.now)
    if new:
        detail = {"tracking": parcel.tracking, "on": str(told.on), "received_by": told.text}
        await ctx.audit("notice.post_delivered", notice.subject, **detail)
    on = parcel.delivered_on or told.on
    done = f"{'已登记' if new else '此前已登记'} {notice.number} 邮件 {parcel.tracking} 于{on.month}月{on.day}日妥投"
    if parcel.slip_photos:
        await ctx.reply(f"{done}，送达证明完整，无需再上门。")
    else:
        await ask_for_photo(ctx, parcel, f"{done}。还没有面单照片，证明不完整，请把面单和内件照片发来。")


@router.command("退件", may=MAY, usage="退件 JF-202603-0001 查无此人", about="登记邮件被退回")
async def returned(ctx: Ctx, rest: str) -> None:
    told = outcome_told(rest, ctx.today, RETURNED)
    if not told.text:
        raise UserError(RETURNED)
    notice = await any_by_number(ctx.session, told.number)
    parcel = await parcel_on_its_way(ctx.session, notice)
    _check_day(parcel, told.on)
    new = note_returned(parcel, told.on, told.text, ctx.staff.userid, ctx.now)
    if new:
        detail = {"tracking": parcel.tracking, "on": str(told.on), "reason": told.text}
        await ctx.audit("notice.post_returned", notice.subject, **detail)
    await ctx.reply(
        f"{'已登记' if new else '此前已登记'} {notice.number} 邮件 {parcel.tracking} 退件：{parcel.return_reason}。"
        f"退回的邮件请勿拆封，原样保存。请核对送达地址后重新邮寄（邮寄 {notice.number} 新单号），或再次上门派发。"
    )


def _check_day(parcel: Posting, on: date) -> None:
    """It can not have arrived before it was posted."""
    posted_on = local_date(parcel.posted_at)
    if on < posted_on:
        raise UserError(f"邮件 {parcel.tracking} 是{posted_on.month}月{posted_on.day}日寄出的，请核对日期。")
