"""The picture that is still missing from a signature, a refusal or a parcel: asked for, and kept when it comes."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import Router, Side
from models.errors import UserError
from models.messages.media import loose
from models.notices.notice import Notice
from models.notices.proof_photos import Proven, attach_loose, name_of_step, step_named

router = Router("proof_photos", Side.STAFF)


async def ask_for_photo(ctx: Ctx, step: Proven, question: str) -> None:
    """The next pictures of this member go with the step."""
    await ctx.ask("proof_photo", "photo", {"step": name_of_step(step)}, question)


@router.step("proof_photo", "photo", may="notice.deliver")
async def take_photo(ctx: Ctx, answers: dict[str, object]) -> None:
    """One picture or several, one after the other; words instead are no harm."""
    step = await step_named(ctx.session, str(answers["step"]))
    if step is None:
        raise UserError("这条登记已找不到，请重新登记。发送“帮助”可以看到指令。")
    notice = await ctx.session.get_one(Notice, step.notice_id)
    came = len(await loose(ctx.session, ctx.message.channel, ctx.message.sender, ctx.now))
    if not came:
        await ctx.reply(f"{notice.number} 已登记，照片可稍后补发：先发照片，再把刚才的登记重发一次。")
        return
    photos = await attach_loose(ctx.session, step, ctx.staff.userid, ctx.now)
    await ctx.audit("notice.photo", notice.subject, step=name_of_step(step), photos=photos)
    await ask_for_photo(ctx, step, f"照片已存入 {notice.number}，现有 {photos} 张。还有照片可继续发。")
