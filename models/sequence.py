"""Numbers without gaps: a number is taken in the transaction that uses it, and goes back with it."""

from __future__ import annotations

from sqlalchemy import Table, bindparam, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.database import insert_new


class Sequence(Base):
    """The last number given under a name."""

    __tablename__ = "sequence"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    last: Mapped[int]


async def next_number(session: AsyncSession, name: str) -> int:
    """The next number under that name, from 1; others wait until this transaction ends."""
    number: int | None = await session.scalar(_TAKE, {"under": name})
    if number is None:
        await insert_new(session, Sequence, [{"name": name, "last": 0}])
        number = (await session.execute(_TAKE, {"under": name})).scalar_one()
    return number


_TABLE: Table = Sequence.__table__  # type: ignore[assignment]  # declarative classes map plain tables here
_TAKE = (
    update(_TABLE)
    .where(_TABLE.c.name == bindparam("under"))
    .values(last=_TABLE.c.last + 1)
    .returning(_TABLE.c.last)
)
