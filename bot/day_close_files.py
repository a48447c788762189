"""The PDF of a closed day: rendered when first needed, then the same bytes for ever."""

from __future__ import annotations

from bot.core import Core
from bot.documents.render import render
from models.errors import ServiceError
from models.fees.till import DayClose
from models.notices.day_close_paper import day_close_sheet


class DayCloseFiles:
    """Renders 日结单 and keeps what it rendered."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def pdf(self, close_id: int) -> bytes:
        """The PDF. Raises ServiceError when there is no such closing."""
        async with self._core.db.read() as session:
            close = await session.get(DayClose, close_id)
            if close is None:
                raise ServiceError(f"no such day: {close_id}")
            if close.sha256:
                return await self._core.files.get(close.sha256)
            sheet = await day_close_sheet(session, close, self._core.rules)
        sha256 = await self._core.files.put(await render(sheet))
        async with self._core.db.begin() as session:
            close = await session.get_one(DayClose, close_id, with_for_update=True, populate_existing=True)
            close.sha256 = close.sha256 or sha256
            return await self._core.files.get(close.sha256)
