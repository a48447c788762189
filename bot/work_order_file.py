"""The PDF of a repair's work order, as the case stands when it is sent."""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.core import Core
from bot.documents.render import render
from models.cases.case import Case
from models.cases.work_order import StoredPhoto, photos_of, work_order_of
from models.errors import ServiceError
from models.notices.documents import Photo

log = structlog.get_logger(__name__)


async def work_order_pdf(core: Core, case_id: int) -> bytes:
    """The sheet with timeline and photos. Raises ServiceError when there is no such case."""
    async with core.db.read() as session:
        case = await session.get(Case, case_id)
        if case is None:
            raise ServiceError(f"no such case: {case_id}")
        order, stored = await work_order_of(session, case, core.rules), await photos_of(session, case)
    photos = tuple([Photo(each.caption, await _picture(core, each)) for each in stored])
    return await render(replace(order, photos=photos))


async def _picture(core: Core, photo: StoredPhoto) -> bytes:
    """The bytes; none when the file is lost, which the sheet says in its place."""
    try:
        return await core.files.get(photo.sha256)
    except OSError:
        log.warning("photo is missing from the store", sha256=photo.sha256)
        return b""
