"""拒收: the letter was brought and nobody would take it.

No signature, but evidence that it was brought [law: 诉讼时效规定 §8].
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.notices.notice import Notice


class Refusal(Base):
    """One visit at which the letter was refused.

    who: at the door, in the words of staff. witness: userid of the colleague who stood by, "" without one.
    photos: SHA-256 of pictures of the letter left behind (留置). Two of staff or a photo make it credible [practice].
    """

    __tablename__ = "refusal"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    who: Mapped[str]
    reason: Mapped[str]
    brought_by: Mapped[str]
    witness: Mapped[str] = mapped_column(default="")
    photos: Mapped[list[str]]
    sha256: Mapped[str]
    at: Mapped[datetime]
    message_key: Mapped[str] = mapped_column(unique=True)

    @property
    def credible(self) -> bool:
        """Whether more than one person's word stands behind it."""
        return bool(self.witness or self.photos)


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """What staff tell of a refusal. witness: userid or ""."""

    who: str
    reason: str
    witness: str = ""


async def note_refusal(
    session: AsyncSession, notice: Notice, told: AtTheDoor, userid: str, key: str, now: datetime
) -> tuple[Refusal, bool]:
    """Writes it down, and whether it is new: the same words of the same member the same day are one visit."""
    locked = await session.get_one(Notice, notice.id, with_for_update=True, populate_existing=True)
    for before in await refusals_of(session, [locked.id]):
        if before.brought_by == userid and (before.who, before.reason) == (told.who, told.reason):
            before.witness = before.witness or told.witness
            return before, False
    refusal = Refusal(
        notice_id=locked.id, who=told.who, reason=told.reason, brought_by=userid, witness=told.witness,
        photos=[], sha256=locked.sha256, at=now, message_key=key,
    )  # fmt: skip
    session.add(refusal)
    await session.flush()
    return refusal, True


async def refusals_of(session: AsyncSession, notice_ids: list[int]) -> list[Refusal]:
    """Refusals of these letters, oldest first."""
    rows = select(Refusal).where(Refusal.notice_id.in_(notice_ids)).order_by(Refusal.id)
    return list(await session.scalars(rows))
