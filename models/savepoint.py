"""A place in a transaction to come back to when what follows is refused.

SQLAlchemy's own notes every object before and after it and releases the savepoint, which costs more than most commands:
here the session forgets its objects on the way back, and the end of the transaction releases.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models.shortcut import driver_of, tell


async def set_savepoint(session: AsyncSession) -> None:
    """What is written from here on can be taken back by `back_to_savepoint`; the newest place counts."""
    await session.flush()
    await tell(await driver_of(session), "SAVEPOINT refused")


async def back_to_savepoint(session: AsyncSession) -> None:
    """Takes back what was written since. The session forgets all objects: what is still needed has to be read again."""
    session.expunge_all()
    await tell(await driver_of(session), "ROLLBACK TO SAVEPOINT refused")
