"""知道了 and 签收: a tenant has read an announcement."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import BOUND, Router, Side
from models.announcements.announcement import copy_of, locked
from models.announcements.reading import note_read
from models.errors import UserError

router = Router("announcements", Side.TENANT)


@router.press("noted", may=BOUND)
async def noted(ctx: Ctx, number: str) -> None:
    """Counts once; only what was sent to this very person."""
    announcement = await locked(ctx.session, number)
    copy = await copy_of(ctx.session, announcement.id, ctx.tenant.contact.id)
    if copy is None:
        raise UserError("没有找到这则公告，可能已经失效。有疑问请发“人工”。")
    first = await note_read(ctx.session, announcement, copy, "微信", ctx.now)
    if announcement.sign:
        await ctx.reply(
            f"已签收公告 {announcement.number}，谢谢。"
            if first
            else f"公告 {announcement.number} 已经签收过，谢谢。"
        )
    else:
        await ctx.reply("好的，感谢您的配合。")
