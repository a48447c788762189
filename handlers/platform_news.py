"""What the platform itself tells the application: authorisations that change, and that it may be shut for idleness."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import Router, Side
from models.messages.alarm import alarm

router = Router("platform_news", Side.STAFF)

_IDLE = {
    "inactive_alert": "应用长期无人使用，将被企业微信停用",
    "close_inactive_agent": "应用因长期无人使用已被企业微信停用",
    "low_active_alert": "应用使用人数过少，将被企业微信限制",
    "low_active": "应用因使用人数过少已被企业微信限制",
}


async def idle(ctx: Ctx, name: str) -> None:
    """The application may be shut, or has been."""
    text = f"{_IDLE[name]}。请管理员登录企业微信管理后台处理，并提醒同事打开应用。"
    await alarm(ctx.session, f"platform:{name}", text, ctx.now, ctx.rules)


for _name in _IDLE:
    router.event(_name)(idle)


@router.event("kf_account_auth_change")
async def kf_authorisation(ctx: Ctx, name: str) -> None:
    """KF accounts were given to the application or taken from it (WeCom 97713)."""
    taken = ctx.message.data.get("auth_del_open_kf_id")
    if taken:
        text = (
            "企业微信收回了应用对微信客服账号的授权，租户的消息将收不到。"
            "请在 微信客服 → 可调用接口的应用 中核对，并运行 python -m bot check。"
        )
        await alarm(ctx.session, f"platform:{name}", text, ctx.now, ctx.rules)
