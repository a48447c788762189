"""The bytes behind `Content.file`: received media, and documents that are rendered when first needed."""

from __future__ import annotations

from typing import Protocol

from bot.core import Core
from models.errors import ServiceError
from models.messages.media import Media


class NoticeFiles(Protocol):
    """Renders notices."""

    async def pdf(self, notice_id: int) -> bytes:
        """The PDF of a notice, rendered once and the same for ever."""


class Attachments:
    """Finds files by reference."""

    def __init__(self, core: Core, notices: NoticeFiles) -> None:
        self._core = core
        self._notices = notices

    async def load(self, reference: str) -> bytes:
        """The bytes behind "notice:<id>" or "media:<id>". Raises ServiceError for anything else."""
        kind, _, number = reference.partition(":")
        if kind == "notice":
            return await self._notices.pdf(int(number))
        if kind == "media":
            async with self._core.db.read() as session:
                media = await session.get(Media, int(number))
            if media:
                return await self._core.files.get(media.sha256)
        raise ServiceError(f"no such file: {reference}")
