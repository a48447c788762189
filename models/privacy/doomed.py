"""Files that nothing refers to any more. Rows are written here with the change that let go of them; the rim deletes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.database import insert_absent

WAIT = timedelta(hours=2)
"""A file is put into the store before the row that names it is committed; after this time nobody is in between."""


class DoomedFile(Base):
    """A file in the store that may have become superfluous: from `since` on it goes unless a row still names it."""

    __tablename__ = "doomed_file"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]


async def doom(session: AsyncSession, files: Iterable[str], now: datetime) -> None:
    """Leaves these files to be deleted after a while."""
    rows = [{"sha256": each, "since": now + WAIT} for each in dict.fromkeys(files) if each]
    await insert_absent(session, DoomedFile, rows)


def ripe(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Files to be looked at."""
    return DoomedFile.since <= now


async def doomed(session: AsyncSession, now: datetime, limit: int) -> list[str]:
    """Files to be looked at, locked, so that nobody else decides about them meanwhile."""
    rows = select(DoomedFile.sha256).where(ripe(now)).order_by(DoomedFile.since).limit(limit)
    return list(await session.scalars(rows.with_for_update(skip_locked=True)))


async def still_named(session: AsyncSession, sha256: str) -> bool:
    """Whether any row of any table names the file: the store keeps equal files once."""
    return bool(
        await session.scalar(select(or_(*(exists().where(column == sha256) for column in _naming()))))
    )


async def spare(session: AsyncSession, files: Iterable[str]) -> None:
    """These have been dealt with."""
    await session.execute(delete(DoomedFile).where(DoomedFile.sha256.in_(list(files))))


def _naming() -> list[ColumnElement[str]]:
    """Every column that holds the digest of a file in the store."""
    return [
        column
        for table in Base.metadata.sorted_tables
        if table.name != DoomedFile.__tablename__
        for column in table.columns
        if column.name.endswith("sha256") and not column.name.startswith(("token_", "manifest_"))
    ]
