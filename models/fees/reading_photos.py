"""Pictures of dials: a photo sent before, with or after a reading in question goes with it [practice]."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.meter import Meter, Reading
from models.messages.media import Media, loose

PURPOSE = "表盘照片"
CHANNEL = "wecom"


async def waiting_for_photo(session: AsyncSession, by: str) -> list[Reading]:
    """The member's own readings in question that have no picture yet, newest first. by: "staff:<userid>"."""
    rows = await session.scalars(
        select(Reading)
        .where(~Reading.confirmed, Reading.bill_id.is_(None), Reading.entered_by == by)
        .order_by(Reading.read_at.desc(), Reading.id.desc())
    )
    readings = list(rows)
    photos = await photos_of(session, [reading.id for reading in readings])
    return [reading for reading in readings if not photos[reading.id]]


async def attach_photos(session: AsyncSession, reading: Reading, userid: str, now: datetime) -> int:
    """The member's loose pictures belong to the reading from now on; how many came."""
    pictures = [media for media in await loose(session, CHANNEL, userid, now) if media.kind == "image"]
    for picture in pictures:
        picture.subject, picture.purpose = reading.subject, PURPOSE
    await session.flush()
    return len(pictures)


async def photos_of(session: AsyncSession, reading_ids: Sequence[int]) -> dict[int, list[Media]]:
    """The pictures of each of these readings, oldest first."""
    found: dict[int, list[Media]] = {reading_id: [] for reading_id in reading_ids}
    subjects = {f"reading:{reading_id}": reading_id for reading_id in reading_ids}
    for media in await session.scalars(
        select(Media).where(Media.subject.in_(list(subjects))).order_by(Media.id)
    ):
        found[subjects[media.subject]].append(media)
    return found


async def newest_reading(session: AsyncSession, meter: Meter) -> Reading | None:
    """The meter's latest reading by month."""
    row: Reading | None = await session.scalar(
        select(Reading).where(Reading.meter_id == meter.id).order_by(Reading.month.desc()).limit(1)
    )
    return row
