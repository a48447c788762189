"""片区: which 客服专员 looks after which building or unit, so that each is sent to her own tenants [practice]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.database import insert_new
from models.errors import UserError
from models.people.staff import Staff
from models.people.unit import Unit, buildings, find_building, find_unit


class Stewardship(Base):
    """A member looks after a building ("A") or, which counts more, a single unit ("A-1203")."""

    __tablename__ = "stewardship"

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)


@dataclass(frozen=True, slots=True)
class Stewards:
    """Who looks after what. by_place: building or unit code → member; buildings: unit code → building."""

    by_place: dict[str, Staff]
    buildings: dict[str, str]

    def of(self, codes: Sequence[str]) -> Staff | None:
        """The one member for a tenant with these units: of the first unit that anybody looks after."""
        for code in codes:
            if found := self.by_place.get(code) or self.by_place.get(self.buildings.get(code, "")):
                return found
        return None


async def load_stewards(session: AsyncSession) -> Stewards:
    """The areas of all active members."""
    rows = await session.execute(
        select(Stewardship.place, Staff).join(Staff, Staff.id == Stewardship.staff_id).where(Staff.active)
    )
    units = await session.execute(select(Unit.code, Unit.building))
    return Stewards({place: member for place, member in rows}, {code: building for code, building in units})


async def place_meant(session: AsyncSession, text: str) -> str:
    """The building or unit as the tables spell it. Raises UserError."""
    if building := await find_building(session, text):
        return building
    unit = await find_unit(session, text)
    if unit is None:
        known = "、".join((await buildings(session))[:20])
        raise UserError(f"没有楼栋或单元“{text.strip()[:20]}”，现有楼栋：{known}。")
    return unit.code


async def assign(session: AsyncSession, place: str, member: Staff | None) -> None:
    """From now on the member looks after the place; None: nobody in particular."""
    row: Stewardship | None = await session.scalar(
        select(Stewardship).where(Stewardship.place == place).with_for_update()
    )
    if member is None:
        if row is not None:
            await session.delete(row)
    elif row is None:
        await insert_new(session, Stewardship, [{"place": place, "staff_id": member.id}])
    else:
        row.staff_id = member.id


async def areas_text(session: AsyncSession) -> str:
    """Who looks after what, and the buildings nobody looks after."""
    stewards = await load_stewards(session)
    places: dict[str, list[str]] = {}
    for place, member in sorted(stewards.by_place.items()):
        places.setdefault(member.name, []).append(place)
    lines = [f"{name}：{'、'.join(found[:30])}" for name, found in places.items()]
    free = sorted(set(stewards.buildings.values()) - set(stewards.by_place))
    rest = [f"未分派：{'、'.join(free[:30])}（发给当班的全体客服）"] if free else []
    return "\n".join(["【片区】", *lines, *rest])
