"""What 微信客服 tells of a conversation beside messages: who has it, what could not be shown after all (WeCom 94670)."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import Router, Side
from models.messages.reports import bounced
from models.messages.window import Holder, note_holder

router = Router("kf_session", Side.TENANT)

_HOLDERS = {1: Holder.HUMAN, 2: Holder.HUMAN, 3: Holder.ENDED, 4: Holder.HUMAN}
"""change_type: taken from the pool, passed on, ended, taken up again."""
_WHY_FAILED = {
    0: "原因不明",
    1: "客服账号已删除",
    2: "应用已关闭",
    4: "超过 48 小时",
    5: "会话已关闭",
    6: "超过 5 条",
    7: "未绑定视频号",
    8: "企业未认证",
    10: "对方拒收",
    11: "企业无成员登录企业微信",
    12: "消息类型被禁止",
}
_CLOSES_WINDOW = {4, 5, 6, 10}


@router.event("session_status_change")
async def passed_on(ctx: Ctx, name: str) -> None:
    """A person of ours took the conversation, or gave it back."""
    del name
    holder = _HOLDERS.get(_number(ctx, "change_type"))
    if holder is not None:
        await note_holder(ctx.session, ctx.message.sender, holder, ctx.message.sent_at)


@router.event("servicer_message")
async def person_writes(ctx: Ctx, name: str) -> None:
    """A person of ours writes to the customer, so has the conversation."""
    del name
    await note_holder(ctx.session, ctx.message.sender, Holder.HUMAN, ctx.message.sent_at)


@router.event("msg_send_fail")
async def not_shown(ctx: Ctx, name: str) -> None:
    """What the platform took could not be shown: the message is unsent again and moves on to the next channel."""
    del name
    kind = _number(ctx, "fail_type")
    reason = f"微信客服未送达：{_WHY_FAILED.get(kind, f'类型 {kind}')}"
    msgid = str(ctx.message.data.get("fail_msgid", ""))
    closes = kind in _CLOSES_WINDOW
    await bounced(ctx.session, msgid, reason, ctx.now, window_closed=closes, raw=dict(ctx.message.data))


def _number(ctx: Ctx, field: str) -> int:
    value = ctx.message.data.get(field)
    return value if isinstance(value, int) else -1
