"""Signing on the page of a letter, by somebody who holds the link and knows a registered mobile [practice]."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.audit.entry import record
from models.notices.notice import Notice, Receipt
from models.notices.signing import Proof, Signer, Signing, sign
from models.people.identity import locked_out, note_wrong_try
from models.people.tenant import Contact, ContactRole, contacts_of
from models.rules import Rules

NAME_LENGTH = 40
FIELDS = ("name", "role", "mobile_tail")


@dataclass(frozen=True, slots=True)
class PageForm:
    """What was typed, without anything invisible."""

    name: str
    role: str
    mobile_tail: str

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> PageForm:
        """The form of a request; what is missing is empty."""
        return cls(*(_visible(fields.get(name, "")) for name in FIELDS))

    def mistakes(self) -> dict[str, str]:
        """What is wrong at first sight, by field."""
        found = {}
        if not self.name or len(self.name) > NAME_LENGTH:
            found["name"] = "请填写签收人姓名。"
        if self.role not in {role.value for role in ContactRole}:
            found["role"] = "请选择您的身份。"
        if not (len(self.mobile_tail) == 4 and self.mobile_tail.isdecimal()):
            found["mobile_tail"] = "请填写登记手机号的后四位数字。"
        return found


def _visible(text: str) -> str:
    kept = (char for char in text if unicodedata.category(char)[0] != "C")
    return unicodedata.normalize("NFKC", "".join(kept)).strip()


async def sign_on_page(
    session: AsyncSession,
    notice: Notice,
    form: PageForm,
    evidence: Mapping[str, str],
    now: datetime,
    rules: Rules,
) -> Signing | dict[str, str]:
    """The signature, or what is wrong by field. Wrong mobiles are counted for each letter, so that nobody guesses on."""
    if mistakes := form.mistakes():
        return mistakes
    # Held, so that tries sent at the same moment are counted one after the other.
    locked = await session.get_one(Notice, notice.id, with_for_update=True, populate_existing=True)
    if locked.void_at:
        return {"form": "这份通知单已作废，无需签收；更正后的通知单会另行送达。"}
    if await locked_out(session, notice.subject, now, rules):
        return {"form": f"填错次数过多，请{rules.binding.lock_min}分钟后再试，或联系服务中心。"}
    known = [
        contact
        for contact in await contacts_of(session, notice.tenant_id)
        if contact.mobile.endswith(form.mobile_tail)
    ]
    if not known:
        note_wrong_try(session, notice.subject, now)
        return {"mobile_tail": "与登记的手机号不符，请核对后四位。"}
    proof = Proof(
        how="网页",
        message_key=f"page:{notice.id}:{secrets.token_hex(8)}",
        evidence={**evidence, "name": form.name, "role": form.role, "mobile_tail": form.mobile_tail},
    )
    signing = await sign(session, notice, _signer(form, known), proof, now)
    if signing.first:
        await _put_on_record(session, notice, signing.receipt, now)
    return signing


async def _put_on_record(session: AsyncSession, notice: Notice, receipt: Receipt, now: datetime) -> None:
    await record(
        session,
        actor=f"contact:{receipt.contact_id}" if receipt.contact_id else f"page:{notice.number}",
        action="notice.sign",
        subject=notice.subject,
        now=now,
        detail={"signer": receipt.signer, "role": receipt.role, "sufficient": receipt.sufficient},
        message_key=receipt.message_key,
    )


def _signer(form: PageForm, known: list[Contact]) -> Signer:
    """A registered contact keeps the registered role; whoever only knows an employee's mobile is no more than that."""
    for contact in known:
        if contact.name == form.name:
            return Signer.of(contact)
    stated = ContactRole(form.role)
    if not any(contact.role.may_sign for contact in known):
        stated = ContactRole.EMPLOYEE
    return Signer(form.name, stated)
