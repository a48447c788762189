"""片区: which 客服专员 looks after which building or unit, so that each is sent to her own tenants [practice]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.people.staff import Staff
from models.people.unit import Unit


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
