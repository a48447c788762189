"""What the operator has to do about a code of the platform: the words of alarms and of `python -m bot check`."""

from __future__ import annotations

from bot.wecom.errors import ErrorClass, classify

_CURES = {
    40001: "应用的 Secret 不正确：请核对 GUANJIA_WECOM__SECRET，改好后重启服务",
    40013: "企业 ID 不正确：请核对 wecom.corp_id",
    40056: "AgentId 不正确：请核对 wecom.agent_id",
    301002: "wecom.agent_id 与 Secret 不是同一个应用：请在管理后台的应用页核对这两项",
    43012: "带按钮的卡片要求应用配置“接收消息”：请在管理后台 → 应用 → 接收消息 中填写回调地址",
    48002: "应用没有这个接口的权限：请在管理后台 → 应用 中核对可见范围和接口权限",
    48004: "接口被停用或企业被限制：请登录管理后台查看通知",
    48006: "应用已被停用：请在管理后台重新启用",
    48007: "应用未获微信客服授权：请在 微信客服 → 可调用接口的应用 中添加本应用，并把客服账号设为“通过API管理”",
    50003: "应用已被停用：请在管理后台重新启用",
    60020: "本机出口 IP 不在“企业可信IP”里：请在管理后台 → 应用 → 企业可信IP 中添加，约一分钟后生效",
    95000: "客服账号不存在：请核对 wecom.open_kfid",
    95004: "客服账号不存在：请核对 wecom.open_kfid",
    95017: "微信客服的 API 功能已关闭：请在管理后台 → 微信客服 → API 中开启",
    95032: "应用失去了读取会话的权限：请在 微信客服 → 可调用接口的应用 中重新授权",
    301055: "应用没有审批接口的权限：请在 审批 → 可调用接口的应用 中添加",
}
_BY_CLASS = {
    ErrorClass.CONFIG: "请运行 python -m bot check，并在企业微信管理后台核对应用配置",
    ErrorClass.TOKEN: "access_token 刚换新仍被拒绝：请核对 Secret，并查看是否有别的程序在频繁换取",
    ErrorClass.CONTENT: "消息内容不合平台要求，属于程序问题：请把本条的编号和错误码告知开发人员",
    ErrorClass.BLOCKED: "内容被平台判为违规：请看 python -m bot outbox show，换一种说法人工联系对方",
    ErrorClass.MEDIA: "附件不合平台要求（大小或格式）：请看 python -m bot outbox show，换一个文件发送",
}


def cure_of(code: int | str) -> str:
    """What to do, as a Chinese clause; "" where nobody has to do anything."""
    if isinstance(code, int) and code in _CURES:
        return _CURES[code]
    error_class = classify(code)
    if error_class is ErrorClass.UNKNOWN:
        return f"错误码 {code} 不在对照表里：请查企业微信文档《全局错误码》"
    return _BY_CLASS.get(error_class, "")
