"""Letters that went by post, with the number they can be traced by [manual ¶4.6.6: 挂号信或快递].

Posted is not received: a parcel is delivered (妥投) or comes back (退件), and either is entered with its date.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.database import insert_new
from models.errors import UserError
from models.notices.notice import Notice


class Posting(Base):
    """One parcel with a letter in it.

    content: what the slip says is inside; with it a posted demand counts as arrived [law: 最高法复函, EMS 面单].
    slip_photos: SHA-256 of the photos of slip and copy. sha256: of the document, "" while it was never rendered.
    delivered_on, received_by: what the tracking says. returned_on, return_reason: it came back.
    """

    __tablename__ = "posting"
    __table_args__ = (UniqueConstraint("notice_id", "tracking"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    tracking: Mapped[str]
    content: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str] = mapped_column(default="")
    slip_photos: Mapped[list[str]] = mapped_column(default=list)
    posted_by: Mapped[str]
    posted_at: Mapped[datetime]
    delivered_on: Mapped[date | None]
    received_by: Mapped[str] = mapped_column(default="")
    returned_on: Mapped[date | None]
    return_reason: Mapped[str] = mapped_column(default="")
    traced_by: Mapped[str] = mapped_column(default="")
    traced_at: Mapped[datetime | None]

    @property
    def travelling(self) -> bool:
        """Whether nobody knows yet what became of it."""
        return self.delivered_on is None and self.returned_on is None


async def note_posting(
    session: AsyncSession, notice: Notice, tracking: str, userid: str, now: datetime
) -> tuple[Posting, bool]:
    """Writes the tracking number down; the parcel, and whether it is new."""
    row = {
        "notice_id": notice.id, "tracking": tracking, "posted_by": userid, "posted_at": now,
        "content": f"{notice.kind} {notice.number}", "sha256": notice.sha256, "slip_photos": [],
        "received_by": "", "return_reason": "", "traced_by": "",
    }  # fmt: skip
    new = bool(await insert_new(session, Posting, [row]))
    found = await session.scalars(
        select(Posting)
        .where(Posting.notice_id == notice.id, Posting.tracking == tracking)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.one(), new


async def parcel_on_its_way(session: AsyncSession, notice: Notice) -> Posting:
    """The newest parcel whose end nobody knows yet, else the newest, to be changed.

    Raises: UserError when the letter never went by post.
    """
    rows = list(
        await session.scalars(
            select(Posting).where(Posting.notice_id == notice.id).order_by(Posting.id).with_for_update()
        )
    )
    if not rows:
        raise UserError(f"{notice.number} 还没有登记邮寄。请先发送：邮寄 {notice.number} 快递单号")
    return next((row for row in reversed(rows) if row.travelling), rows[-1])


def note_delivered(parcel: Posting, on: date, received_by: str, userid: str, now: datetime) -> bool:
    """妥投: the tracking says that it arrived; False when that is on record. Raises UserError after 退件."""
    if parcel.returned_on is not None:
        raise UserError(f"邮件 {parcel.tracking} 已登记退件，不能再登记妥投。重新邮寄请先登记新单号。")
    if parcel.delivered_on is not None:
        return False
    parcel.delivered_on, parcel.received_by = on, received_by
    parcel.traced_by, parcel.traced_at = userid, now
    return True


def note_returned(parcel: Posting, on: date, reason: str, userid: str, now: datetime) -> bool:
    """退件: it came back, unopened and kept so; False when that is on record. Raises UserError after 妥投."""
    if parcel.delivered_on is not None:
        raise UserError(f"邮件 {parcel.tracking} 已登记妥投，不能再登记退件。如有误，请联系客服主管核对。")
    if parcel.returned_on is not None:
        return False
    parcel.returned_on, parcel.return_reason = on, reason
    parcel.traced_by, parcel.traced_at = userid, now
    return True
