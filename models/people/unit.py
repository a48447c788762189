"""Units (单元) of the park."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Unit(Base):
    """A unit. `code` is what people say: "A-1203". `area` is the chargeable area in ㎡.

    common: a part of the building that is let to nobody, where main meters hang.
    owner_id: the owner, where that is a company we keep contacts of; else the owner's name and where to write.
    """

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    building: Mapped[str] = mapped_column(index=True)
    floor: Mapped[str]
    area: Mapped[Decimal]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("tenant.id"))
    common: Mapped[bool] = mapped_column(default=False)
    owner_name: Mapped[str] = mapped_column(default="")
    owner_mobile: Mapped[str] = mapped_column(default="")
    owner_address: Mapped[str] = mapped_column(default="")


def normal_code(text: str) -> str:
    """The spelling that unit codes are compared in: upper case, no blanks, dashes or 室/单元/房."""
    return "".join(c for c in text.upper().translate(_FOLD) if c.isalnum() and c not in "室单元房座栋#")


_FOLD = {
    ord(full): ord(half)
    for full, half in zip(
        "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ０１２３４５６７８９－＃",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-#",
        strict=True,
    )
}


async def find_unit(session: AsyncSession, text: str) -> Unit | None:
    """The unit somebody means by "A-1203", "a1203" or "A座1203室"."""
    wanted = normal_code(text)
    rows = (await session.scalars(select(Unit))).all()
    return next((unit for unit in rows if normal_code(unit.code) == wanted), None)


async def buildings(session: AsyncSession) -> list[str]:
    """All buildings of the park."""
    return list(await session.scalars(select(Unit.building).distinct().order_by(Unit.building)))


async def find_building(session: AsyncSession, text: str) -> str | None:
    """The building somebody means by "A", "a栋" or "A座", as the units spell it."""
    known = set(await buildings(session))
    word = text.strip()
    spellings = (word, word.upper(), word.upper().rstrip("栋座楼"))
    return next((spelled for spelled in spellings if spelled in known), None)
