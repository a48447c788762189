"""Letters brought to the door: the signature on paper, entered by staff with a photo of it [manual ¶4.6.6]."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.notices.notice import Notice
from models.notices.proof_photos import attach_loose, photos_of
from models.notices.signing import Proof, Signer, Signing, sign
from models.people.staff import Staff
from models.people.tenant import ContactRole, contacts_of

HOW = "上门"
_USUAL = {"法人": ContactRole.LEGAL, "法人代表": ContactRole.LEGAL, "会计": ContactRole.FINANCE,
          "出纳": ContactRole.FINANCE, "收发室": ContactRole.MAILROOM, "前台": ContactRole.EMPLOYEE}  # fmt: skip


def role_of(word: str) -> ContactRole:
    """The role staff wrote. Raises UserError with what can be written."""
    named = {role.value: role for role in ContactRole} | _USUAL
    if word not in named:
        raise UserError(f"身份请写以下之一：{'、'.join(role.value for role in ContactRole)}。")
    return named[word]


async def sign_by_hand(
    session: AsyncSession,
    notice: Notice,
    signer: str,
    role: ContactRole,
    bringer: Staff,
    key: str,
    now: datetime,
) -> tuple[Signing, int]:
    """Keeps a signature on paper; the bringer's loose photos go with it. How many photos it has now.

    key: of the message that told, so that it counts once.
    """
    known = [one for one in await contacts_of(session, notice.tenant_id) if one.name == signer]
    registered = [one.role.value for one in known]
    evidence = {"entered_by": bringer.userid, "registered": registered, "photos": []}
    contact_id = known[0].id if known else None
    signing = await sign(session, notice, Signer(signer, role, contact_id), Proof(HOW, key, evidence), now)
    receipt = signing.receipt
    if receipt.how == HOW:
        return signing, await attach_loose(session, receipt, bringer.userid, now)
    return signing, len(photos_of(receipt))


def registered_otherwise(signing: Signing) -> str:
    """A warning where the person is registered in another role than staff wrote, else ""."""
    registered = signing.receipt.evidence.get("registered", [])
    if not registered or signing.receipt.role in registered:
        return ""
    return f"该联系人登记的身份是{'、'.join(registered)}，请核对。"
