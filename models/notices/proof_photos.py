"""Photos that prove a step at the door or at the post: of a signature, of a letter left behind, of a slip."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.media import loose
from models.notices.notice import Notice, Receipt
from models.notices.posting import Posting
from models.notices.refusal import Refusal

Proven = Receipt | Refusal | Posting
_TABLES: dict[str, type[Proven]] = {"receipt": Receipt, "refusal": Refusal, "posting": Posting}
_PURPOSES = {Receipt: "签收照片", Refusal: "拒收照片", Posting: "面单照片"}


def name_of_step(step: Proven) -> str:
    """ "receipt:<id>": how a form remembers which step waits for a photo."""
    kind = next(name for name, table in _TABLES.items() if isinstance(step, table))
    return f"{kind}:{step.id}"


async def step_named(session: AsyncSession, name: str) -> Proven | None:
    """The inverse of `name_of_step`, to be changed; None for anything else."""
    kind, _, number = name.partition(":")
    if kind not in _TABLES or not number.isdecimal():
        return None
    found: Proven | None = await session.get(_TABLES[kind], int(number), with_for_update=True)
    return found


def photos_of(step: Proven) -> list[str]:
    """SHA-256 of each picture, oldest first."""
    if isinstance(step, Receipt):
        return list(step.evidence.get("photos", []))
    return list(step.slip_photos if isinstance(step, Posting) else step.photos)


async def attach_loose(session: AsyncSession, step: Proven, userid: str, now: datetime) -> int:
    """The member's loose pictures go with the step; how many it has now."""
    pictures = await loose(session, "wecom", userid, now)
    notice = await session.get_one(Notice, step.notice_id)
    for picture in pictures:
        picture.subject, picture.purpose = notice.subject, _PURPOSES[type(step)]
    photos = [*photos_of(step), *(picture.sha256 for picture in pictures)]
    if isinstance(step, Receipt):
        step.evidence = {**step.evidence, "photos": photos}
    elif isinstance(step, Posting):
        step.slip_photos = photos
    else:
        step.photos = photos
    await session.flush()
    return len(photos)
