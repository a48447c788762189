"""What people reply to an SMS (上行): opt-out, signature, or words for the desk.

Source of the words: 退订回T is what carriers ask every sender to understand [law: 通信短信息服务管理规定 §§18, 21].
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.audit.entry import record
from models.base import Base
from models.database import insert_new
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.notices.reply_signing import sign_by_reply
from models.people.staff import staff_who_may
from models.people.tenant import Contact, Tenant
from models.rules import Rules

_MARKS = re.compile(r"[\s。.!！,，、“”\"'【】\[\]]+")
_STOP = {"T", "TD", "N", "退订", "退定", "拒收", "取消订阅", "STOP"}
_AGAIN = {"HF", "恢复", "恢复短信"}
_SIGN = {"签收", "已签收", "QS", "确认签收"}
DESK = "desk.answer"


class Meaning(StrEnum):
    """What was meant."""

    STOP = "stop"
    AGAIN = "again"
    SIGN = "sign"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class SmsReply:
    """One reply. key: the provider's id of it; raw: the push as it came."""

    key: str
    mobile: str
    content: str
    raw: Mapping[str, Any] = field(default_factory=dict)


class SmsReplyRow(Base):
    """A reply as it came: evidence, and the guard against the same push twice."""

    __tablename__ = "sms_reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    mobile: Mapped[str] = mapped_column(index=True)
    content: Mapped[str]
    meaning: Mapped[str]
    received_at: Mapped[datetime]
    raw: Mapped[dict[str, Any]]


def meaning_of(content: str) -> Meaning:
    """Pure. Words around a keyword make it a sentence, which a person reads."""
    word = _MARKS.sub("", unicodedata.normalize("NFKC", content)).upper()
    for meaning, words in ((Meaning.STOP, _STOP), (Meaning.AGAIN, _AGAIN), (Meaning.SIGN, _SIGN)):
        if word in words:
            return meaning
    return Meaning.WORDS


async def take_replies(
    session: AsyncSession, replies: Sequence[SmsReply], now: datetime, rules: Rules
) -> None:
    """Does what each reply asks for, once."""
    for reply in replies:
        meaning = meaning_of(reply.content)
        kept = {
            "key": reply.key, "mobile": reply.mobile, "content": reply.content, "meaning": str(meaning),
            "received_at": now, "raw": dict(reply.raw),
        }  # fmt: skip
        ids = await insert_new(session, SmsReplyRow, [kept])
        contacts = await _contacts(session, reply.mobile) if ids else []
        if contacts:
            await _act(session, reply, meaning, contacts, now, rules)


async def _contacts(session: AsyncSession, mobile: str) -> list[Contact]:
    rows = await session.scalars(
        select(Contact).where(Contact.mobile == mobile, Contact.active).order_by(Contact.id).with_for_update()
    )
    return list(rows)


async def _act(
    session: AsyncSession,
    reply: SmsReply,
    meaning: Meaning,
    contacts: Sequence[Contact],
    now: datetime,
    rules: Rules,
) -> None:
    if meaning in (Meaning.STOP, Meaning.AGAIN):
        for contact in contacts:
            contact.sms_refused = meaning is Meaning.STOP
            await record(
                session, actor=f"contact:{contact.id}", action=f"sms.{meaning}", subject=f"contact:{contact.id}",
                now=now, detail={"content": reply.content}, message_key=f"sms:{reply.key}",
            )  # fmt: skip
        return
    if meaning is Meaning.SIGN:
        problem = await sign_by_reply(session, contacts, f"sms:{reply.key}", dict(reply.raw), now)
        if not problem:
            return
        await _tell_desk(session, reply, contacts[0], f"{problem}，没有登记签收。", now, rules)
        return
    await _tell_desk(session, reply, contacts[0], "请联系对方。", now, rules)


async def _tell_desk(
    session: AsyncSession, reply: SmsReply, contact: Contact, what: str, now: datetime, rules: Rules
) -> None:
    tenant = await session.get_one(Tenant, contact.tenant_id)
    members = await staff_who_may(session, DESK, rules)
    on_shift = [member for member in members if member.on_shift(now, rules)] or members
    text = f"{tenant.name} {contact.name} 回复短信：“{reply.content[:100]}”。{what}"
    await tell_staff(session, on_shift, f"sms-reply:{reply.key}", Content(text=text), now=now)
