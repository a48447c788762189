"""Letters brought to the door: the signature on paper, entered by staff with a photo of it [manual ¶4.6.6]."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.messages.media import Media, loose
from models.notices.notice import Notice, Receipt
from models.notices.signing import Proof, Signer, Signing, sign
from models.people.staff import Staff
from models.people.tenant import ContactRole, contacts_of

_USUAL = {"法人": ContactRole.LEGAL, "法人代表": ContactRole.LEGAL, "会计": ContactRole.FINANCE,
          "出纳": ContactRole.FINANCE, "收发室": ContactRole.MAILROOM, "前台": ContactRole.EMPLOYEE}  # fmt: skip
PHOTO = "签收照片"


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
    photos = await loose(session, "wecom", bringer.userid, now)
    known = [one for one in await contacts_of(session, notice.tenant_id) if one.name == signer]
    proof = Proof(
        "上门",
        key,
        {"entered_by": bringer.userid, "registered": [one.role.value for one in known], "photos": []},
    )
    signing = await sign(session, notice, Signer(signer, role, known[0].id if known else None), proof, now)
    receipt = signing.receipt
    if receipt.how == "上门":
        _attach(receipt, notice, photos)
    await session.flush()
    return signing, len(receipt.evidence.get("photos", []))


def _attach(receipt: Receipt, notice: Notice, photos: list[Media]) -> None:
    for photo in photos:
        photo.subject, photo.purpose = notice.subject, PHOTO
    kept = [*receipt.evidence.get("photos", []), *(photo.sha256 for photo in photos)]
    receipt.evidence = {**receipt.evidence, "photos": kept}
