"""Members of the service centre: departments, roles, who is on shift."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.clock import local
from models.rules import Rules


class Staff(Base):
    """A member. `userid` is WeCom's, in lower case; `roles` are names from config.yaml; `shift` names a pattern there.

    stale_at: WeCom does not know the userid any more, or does not let the application see it; until they write again.
    """

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    userid: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    department: Mapped[str]
    mobile: Mapped[str] = mapped_column(default="")
    roles: Mapped[list[str]]
    shift: Mapped[str] = mapped_column(default="office")
    active: Mapped[bool] = mapped_column(default=True)
    stale_at: Mapped[datetime | None]

    def may(self, permission: str, rules: Rules) -> bool:
        """Whether one of the member's roles carries the permission."""
        return self.active and any(permission in rules.roles.get(role, ()) for role in self.roles)

    def on_shift(self, now: datetime, rules: Rules) -> bool:
        """Whether the member's shift pattern covers this minute [manual 二: shifts]."""
        pattern = rules.shifts.get(self.shift)
        if pattern is None:
            return False
        return pattern.covers(local(now))


async def staff_who_may(session: AsyncSession, permission: str, rules: Rules) -> list[Staff]:
    """Active members with the permission, by id."""
    rows = await session.scalars(_ACTIVE)
    return [member for member in rows if member.may(permission, rules)]


_ACTIVE = select(Staff).where(Staff.active).order_by(Staff.id)


def on_shift_first(members: Iterable[Staff], now: datetime, rules: Rules) -> list[Staff]:
    """Those on shift now; everybody when nobody is, so that no work waits unseen."""
    everybody = list(members)
    return [member for member in everybody if member.on_shift(now, rules)] or everybody


async def name_of(session: AsyncSession, actor: str) -> str:
    """The name behind "staff:<userid>"; the userid where nobody has it any more."""
    userid = actor.removeprefix("staff:")
    name: str | None = await session.scalar(select(Staff.name).where(Staff.userid == userid))
    return name or userid


async def names_of_staff(session: AsyncSession) -> dict[str, str]:
    """Everybody's name by "staff:<userid>", those who left too."""
    rows = await session.execute(select(Staff.userid, Staff.name))
    return {f"staff:{userid}": name for userid, name in rows}


async def names_by_id(session: AsyncSession) -> dict[int, str]:
    """Everybody's name by id, those who left too."""
    rows = await session.execute(select(Staff.id, Staff.name))
    return {member_id: name for member_id, name in rows}


async def find_staff(session: AsyncSession, text: str) -> list[Staff]:
    """Active members somebody means by a name or userid."""
    wanted = text.strip().lstrip("@")
    rows = await session.scalars(select(Staff).where(Staff.active).order_by(Staff.id))
    return [
        member for member in rows if wanted in (member.name, member.userid) or member.userid == wanted.lower()
    ]


async def mark_member(session: AsyncSession, userid: str, at: datetime | None) -> Staff | None:
    """Notes that WeCom does not know the member any more, or, with None, that they were heard of again.

    The member when that is news, else None.
    """
    known = Staff.stale_at.is_(None) if at else Staff.stale_at.is_not(None)
    changed: Staff | None = await session.scalar(
        update(Staff).where(Staff.userid == userid, known).values(stale_at=at).returning(Staff)
        .execution_options(synchronize_session=False, populate_existing=True)
    )  # fmt: skip
    return changed
