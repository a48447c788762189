"""Which channel a message takes now. Pure: facts in, one choice with its reason out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.messages.caps import Room
from models.messages.content import Content
from models.messages.outbox import Purpose

CODE_WAITS = timedelta(minutes=2)
"""A verification code that would come later than this is of no use any more [practice]."""
_FREE = Room(None, "")


@dataclass(frozen=True, slots=True)
class Reach:
    """How the recipient can be reached at this moment.

    staff: WeCom userid; staff_room: what may still be sent to it.
    kf: accounts whose window is open, best first; kf_words: how far it is used up, or why none is open.
    kf_known: there is an account, open or not. human: a person has the conversation, the bot keeps out of it.
    mobile: "" when unknown, refused or dead, then sms_words says which; sms_room: what may still be sent to it.
    """

    staff: str = ""
    staff_room: Room = _FREE
    kf: tuple[str, ...] = ()
    kf_known: bool = False
    kf_words: str = ""
    human: bool = False
    mobile: str = ""
    sms_room: Room = _FREE
    sms_words: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Send over this channel to this address; `why` is one line for the operator."""

    channel: str
    address: str
    why: str


@dataclass(frozen=True, slots=True)
class Later:
    """The only channel left takes no more before `until`."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Wait:
    """No channel is open; keep it until the person writes."""

    why: str


@dataclass(frozen=True, slots=True)
class Unwanted:
    """It must not be said any more."""

    why: str


@dataclass(frozen=True, slots=True)
class Nobody:
    """This person can not be reached; a member of staff has to."""

    why: str


Decision = Choice | Later | Wait | Unwanted | Nobody


def choose(
    purpose: Purpose, content: Content, reach: Reach, now: datetime, tried: tuple[str, ...] = ()
) -> Decision:
    """The channel for a message: chat in its window, else a neutral SMS, else wait or tell a person [domain §6]."""
    if reach.staff:
        return _to_member(reach, tried)
    if reach.human and purpose is Purpose.REPLY:
        return Unwanted("人工会话中，机器人不插话")
    if purpose is not Purpose.CODE and reach.kf and "kf" not in tried:
        return Choice("kf", reach.kf[0], f"客服会话窗口内{_in_brackets(reach.kf_words)}")
    closed = reach.kf_words or ("微信客服未送达" if "kf" in tried else "未绑定微信客服")
    if content.sms and reach.mobile and "sms" not in tried:
        return _by_sms(purpose, reach, closed, now)
    if purpose in (Purpose.UPDATE, Purpose.REPLY) and reach.kf_known:
        return Wait(f"{closed}，等对方下次发消息")
    return Nobody(f"没有可用的渠道：{closed}；{_why_no_sms(content, reach, tried)}")


def _to_member(reach: Reach, tried: tuple[str, ...]) -> Decision:
    if "wecom" in tried:
        return Nobody("企业微信拒收，该成员无其他渠道")
    if reach.staff_room.free_at:
        return Later(
            reach.staff_room.free_at, f"发给该成员已到限额{_in_brackets(reach.staff_room.words)}，稍后再发"
        )
    return Choice("wecom", reach.staff, f"员工：企业微信应用消息{_in_brackets(reach.staff_room.words)}")


def _by_sms(purpose: Purpose, reach: Reach, closed: str, now: datetime) -> Decision:
    free_at = reach.sms_room.free_at
    used = _in_brackets(reach.sms_room.words)
    if purpose is Purpose.CODE:
        if free_at and free_at > now + CODE_WAITS:
            return Nobody(f"验证码短信已到限额{used}")
        return Later(free_at, f"验证码短信稍后再发{used}") if free_at else _sms(reach, f"验证码短信{used}")
    if free_at is None:
        return _sms(reach, f"{closed}，改发短信提示{used}")
    if purpose in (Purpose.UPDATE, Purpose.REPLY) and reach.kf_known:
        return Wait(f"{closed}，短信已到限额，等对方下次发消息")
    return Later(free_at, f"{closed}，短信已到限额{used}，额度恢复后再发")


def _sms(reach: Reach, why: str) -> Choice:
    return Choice("sms", reach.mobile, why)


def _why_no_sms(content: Content, reach: Reach, tried: tuple[str, ...]) -> str:
    if content.sms is None:
        return "这类内容不发短信"
    return "短信未送达" if "sms" in tried else reach.sms_words or "无可用手机号"


def _in_brackets(words: str) -> str:
    return f"（{words}）" if words else ""
