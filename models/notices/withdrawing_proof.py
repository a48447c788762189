"""A signature or a parcel's end that staff entered for the wrong letter is taken back; that it was there stays on record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.notices.by_hand import HOW
from models.notices.notice import Notice, Receipt
from models.notices.posting import Posting

WITHDRAWN = "withdrawn"


async def withdraw_proof(
    session: AsyncSession, notice: Notice, reason: str, userid: str, now: datetime
) -> tuple[str, dict[str, Any]]:
    """Takes the newest thing back that staff entered; what it was, in words and for the audit. The ladder goes on.

    What tenants did themselves stands. Raises: UserError when staff entered nothing.
    """
    await session.get_one(Notice, notice.id, with_for_update=True)
    receipt, parcel = await _receipt(session, notice), await _traced(session, notice)
    traced_at = parcel.traced_at if parcel else None
    if receipt is not None and (traced_at is None or receipt.at > traced_at):
        return _take_back_signature(receipt, reason, userid, now)
    if parcel is not None:
        return _take_back_end(parcel)
    raise UserError(f"{notice.number} 没有由员工登记的签收、妥投或退件，无需撤销。租户本人的签收不能撤销。")


def is_withdrawn(receipt: Receipt) -> bool:
    """Whether the signature was taken back."""
    return WITHDRAWN in receipt.evidence


async def _receipt(session: AsyncSession, notice: Notice) -> Receipt | None:
    rows = await session.scalars(
        select(Receipt)
        .where(Receipt.notice_id == notice.id, Receipt.how == HOW)
        .order_by(Receipt.id.desc())
        .with_for_update()
    )
    return next((receipt for receipt in rows if not is_withdrawn(receipt)), None)


async def _traced(session: AsyncSession, notice: Notice) -> Posting | None:
    found: Posting | None = await session.scalar(
        select(Posting)
        .where(Posting.notice_id == notice.id, Posting.traced_at.is_not(None))
        .order_by(Posting.traced_at.desc())
        .limit(1)
        .with_for_update()
    )
    return found


def _take_back_signature(
    receipt: Receipt, reason: str, userid: str, now: datetime
) -> tuple[str, dict[str, Any]]:
    taken = {"by": userid, "at": now.isoformat(), "reason": reason}
    receipt.evidence = {**receipt.evidence, WITHDRAWN: taken}
    receipt.sufficient = False
    words = f"{receipt.signer}（{receipt.role}）的上门签收"
    return words, {"receipt": receipt.id, "signer": receipt.signer, "reason": reason}


def _take_back_end(parcel: Posting) -> tuple[str, dict[str, Any]]:
    """The parcel is on its way again; what was entered stands in the audit."""
    ended = "妥投" if parcel.delivered_on else "退件"
    detail = {
        "posting": parcel.id, "tracking": parcel.tracking, "ended": ended,
        "on": str(parcel.delivered_on or parcel.returned_on), "note": parcel.received_by or parcel.return_reason,
    }  # fmt: skip
    parcel.delivered_on = parcel.returned_on = parcel.traced_at = None
    parcel.received_by = parcel.return_reason = parcel.traced_by = ""
    return f"邮件 {parcel.tracking} 的{ended}登记", detail
