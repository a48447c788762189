"""What proves a loss: pictures by kind, and the list of damaged things (受损标的清单)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.messages.media import Media


class Shot(StrEnum):
    """What a picture shows. The first three are asked of every loss [domain §11]."""

    FAR = "far"
    NEAR = "near"
    SCALE = "scale"
    PARTS = "parts"
    RECEIPT = "receipt"
    OTHER = "other"


SHOT_LABELS = {
    Shot.FAR: "远景",
    Shot.NEAR: "近景",
    Shot.SCALE: "带比例尺",
    Shot.PARTS: "残件",
    Shot.RECEIPT: "报警回执",
    Shot.OTHER: "其他",
}
ASKED = (Shot.FAR, Shot.NEAR, Shot.SCALE)
_NAMED = 4
"""So many damaged things are named in one line."""


class DamageItem(Base):
    """One line of the damage list. `position` counts from 1 within the claim. Money is for the whole line.

    kept: what of it is kept for the insurer, "" for nothing said.
    """

    __tablename__ = "damage_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    position: Mapped[int]
    name: Mapped[str]
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    original_value_fen: Mapped[int | None]
    estimate_fen: Mapped[int | None]
    kept: Mapped[str] = mapped_column(default="")


class ClaimPhoto(Base):
    """A picture of the claim. Hash, time of receipt and sender are those of its media row, which never changes.

    kind: None until somebody has tapped what it shows. item_id: the line of the damage list it shows.
    """

    __tablename__ = "claim_photo"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), unique=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("damage_item.id"), index=True)
    kind: Mapped[Shot | None]
    kind_by: Mapped[str] = mapped_column(default="")
    kind_at: Mapped[datetime | None]


async def photos_of(session: AsyncSession, claim_id: int) -> list[tuple[ClaimPhoto, Media]]:
    """The pictures of a claim with their originals, oldest first."""
    rows = await session.execute(
        select(ClaimPhoto, Media)
        .join(Media, Media.id == ClaimPhoto.media_id)
        .where(ClaimPhoto.claim_id == claim_id)
        .order_by(ClaimPhoto.id)
    )
    return [(photo, media) for photo, media in rows]


async def items_of(session: AsyncSession, claim_id: int) -> list[DamageItem]:
    """The damage list, by position."""
    rows = await session.scalars(
        select(DamageItem).where(DamageItem.claim_id == claim_id).order_by(DamageItem.position)
    )
    return list(rows)


async def missing_shots(session: AsyncSession, claim_id: int) -> list[Shot]:
    """Which of the pictures asked of every loss are not there yet."""
    there = set(await session.scalars(select(ClaimPhoto.kind).where(ClaimPhoto.claim_id == claim_id)))
    return [shot for shot in ASKED if shot not in there]


def thing_named(thing: str, names: Sequence[str]) -> str:
    """ "公共财产：水泵、吊顶等 5 项": what is hurt, by name as far as the damage list has it [manual 4.2.1]."""
    if not names:
        return thing
    more = f"等 {len(names)} 项" if len(names) > _NAMED else ""
    return f"{thing}：{'、'.join(names[:_NAMED])}{more}"
