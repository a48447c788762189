"""Many who write: the small park with many phones, and messages that wait to be handled."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from bot.inbox import Inbox
from models.database import Database
from models.messages.inbound import Inbound, Kind
from models.people.identity import Identity
from tests.fakes.park import build_park

PEOPLE = 50


async def people(database: Database) -> None:
    """The small park, and many phones of one of its contacts."""
    now = datetime.now(UTC)  # noqa: TID251
    async with database.begin() as session:
        await build_park(session)
        contact = await session.scalar(select(Identity.contact_id).order_by(Identity.id).limit(1))
        for n in range(PEOPLE):
            account = f"wmbench{n}"
            session.add(Identity(channel="kf", account=account, contact_id=contact, bound_at=now, how="登记"))


async def fill(inbox: Inbox, words: str, count: int, key: str = "m") -> None:
    """Messages that wait to be handled."""
    now = datetime.now(UTC)  # noqa: TID251
    for n in range(count):
        await inbox.store(Inbound("kf", f"{key}{n}", f"wmbench{n % PEOPLE}", Kind.TEXT, now, text=words))
