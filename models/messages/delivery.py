"""Which channel a message takes now. Pure: facts in, one choice with its reason out."""

from __future__ import annotations

from dataclasses import dataclass

from models.messages.content import Content
from models.messages.outbox import Purpose


@dataclass(frozen=True, slots=True)
class Reach:
    """How the recipient can be reached at this moment.

    kf: accounts whose window is open, best first. kf_known: there is an account, open or not.
    mobile: "" when unknown or refused. staff: WeCom userid.
    """

    staff: str = ""
    kf: tuple[str, ...] = ()
    kf_known: bool = False
    mobile: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Send over this channel to this address; `why` is one line for the operator."""

    channel: str
    address: str
    why: str


@dataclass(frozen=True, slots=True)
class Wait:
    """No channel is open; keep it until the person writes."""

    why: str


@dataclass(frozen=True, slots=True)
class Nobody:
    """This person can not be reached; a member of staff has to."""

    why: str


def choose(
    purpose: Purpose, content: Content, reach: Reach, tried: tuple[str, ...] = ()
) -> Choice | Wait | Nobody:
    """The channel for a message: chat in its window, else a neutral SMS, else wait or tell a person [domain §6]."""
    if reach.staff:
        if "wecom" in tried:
            return Nobody("企业微信拒收，该成员无其他渠道")
        return Choice("wecom", reach.staff, "员工：企业微信应用消息")
    if purpose is not Purpose.CODE and reach.kf and "kf" not in tried:
        return Choice("kf", reach.kf[0], "客服会话窗口内")
    if content.sms and reach.mobile and "sms" not in tried:
        return Choice(
            "sms", reach.mobile, "验证码短信" if purpose is Purpose.CODE else "客服窗口已关闭，改发短信提示"
        )
    if purpose in (Purpose.UPDATE, Purpose.REPLY) and reach.kf_known:
        return Wait("客服窗口已关闭，等对方下次发消息")
    return Nobody("没有可用的渠道：未绑定客服或窗口已关闭，且无可用手机号")
