"""Signing for a letter (签收): who, in which role, how, when, for which exact document.

A signature of somebody who may not sign is kept with a warning and does not end the ladder [domain §6].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local
from models.messages.tell import close_cards
from models.notices.notice import Notice, Receipt
from models.people.tenant import Contact, ContactRole


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs. contact_id: None for somebody who is not registered."""

    name: str
    role: ContactRole
    contact_id: int | None = None

    @classmethod
    def of(cls, contact: Contact) -> Signer:
        """A registered contact, in the registered role."""
        return cls(contact.name, contact.role, contact.id)


@dataclass(frozen=True, slots=True)
class Proof:
    """How we know. how: "微信", "网页", "短信" or "上门"; message_key: unique, so that one act is one signature;
    evidence: everything the channel told, as it came in.
    """

    how: str
    message_key: str
    evidence: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Signing:
    """What became of it. `first`: this act made the receipt; else it had been there before."""

    receipt: Receipt
    first: bool


async def sign(session: AsyncSession, notice: Notice, signer: Signer, proof: Proof, now: datetime) -> Signing:
    """Keeps the signature, unless the letter is signed for already or the same person comes again without authority."""
    locked = await session.get_one(Notice, notice.id, with_for_update=True, populate_existing=True)
    before = await _standing(session, locked, signer, proof)
    if before is not None:
        return Signing(before, first=False)
    receipt = Receipt(
        notice_id=locked.id,
        contact_id=signer.contact_id,
        signer=signer.name,
        role=signer.role.value,
        sufficient=signer.role.may_sign,
        how=proof.how,
        at=now,
        sha256=locked.sha256,
        evidence=dict(proof.evidence),
        message_key=proof.message_key,
    )
    session.add(receipt)
    await session.flush()
    if receipt.sufficient:
        await close_cards(session, locked.subject, "已签收", now)
    return Signing(receipt, first=True)


async def _standing(session: AsyncSession, notice: Notice, signer: Signer, proof: Proof) -> Receipt | None:
    """The receipt that makes this signature superfluous."""
    receipts = list(
        await session.scalars(select(Receipt).where(Receipt.notice_id == notice.id).order_by(Receipt.id))
    )
    enough = [receipt for receipt in receipts if receipt.sufficient]
    if enough:
        return enough[0]
    same = [
        receipt
        for receipt in receipts
        if receipt.message_key == proof.message_key
        or ((receipt.signer, receipt.role) == (signer.name, signer.role.value) and not signer.role.may_sign)
    ]
    return same[0] if same else None


async def signed_for(session: AsyncSession, notice_id: int) -> Receipt | None:
    """The signature that ends the ladder; None while there is none."""
    found: Receipt | None = await session.scalar(
        select(Receipt)
        .where(Receipt.notice_id == notice_id, Receipt.sufficient)
        .order_by(Receipt.id)
        .limit(1)
    )
    return found


def signed_text(notice: Notice, signing: Signing) -> str:
    """The answer to whoever signed; it says nothing of money, for they may be an ordinary employee."""
    receipt = signing.receipt
    when = f"{local(receipt.at):%Y-%m-%d %H:%M}"
    what = f"{notice.kind} {notice.number}"
    if not receipt.sufficient:
        return (
            f"已记下您对{what}的签收（{when}）。您登记的身份是“{receipt.role}”，不能代表贵司签收，"
            "请由贵司负责人、经办人、财务或收件部门再签收一次。"
        )
    if not signing.first:
        return f"{what} 已于{when}由{receipt.signer}（{receipt.role}）签收，无需重复操作，谢谢。"
    return f"已签收{what}：{receipt.signer}（{receipt.role}），{when}。如对内容有疑问，请发送“异议”。"
