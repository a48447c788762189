"""The PDF of a notice: rendered when first needed, then the same bytes for ever."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.core import Core
from bot.documents.render import render
from models.errors import ServiceError
from models.notices.kept_files import PROOFS
from models.notices.letter import document_of
from models.notices.notice import Notice


class NoticeFiles:
    """Renders notices and keeps what it rendered."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def pdf(self, notice_id: int) -> bytes:
        """The PDF of a notice. Raises ServiceError when there is no such notice."""
        async with self._core.db.read() as session:
            notice = await session.get(Notice, notice_id)
        if notice is None:
            raise ServiceError(f"no such notice: {notice_id}")
        if notice.sha256:
            return await self._core.files.get(notice.sha256)
        sha256 = await self._core.files.put(await render(document_of(notice)))
        async with self._core.db.begin() as session:
            kept = await _keep(session, notice_id, sha256)
        return await self._core.files.get(kept)


async def _keep(session: AsyncSession, notice_id: int, sha256: str) -> str:
    """Notes the digest unless another process was faster; the one that counts.

    A signature or a visit from before the file was needed is for these very facts, so it gets the digest too.
    """
    notice = await session.get_one(Notice, notice_id, with_for_update=True, populate_existing=True)
    notice.sha256 = notice.sha256 or sha256
    for table in PROOFS:
        await session.execute(
            update(table)
            .where(table.notice_id == notice_id, table.sha256 == "")
            .values(sha256=notice.sha256)
            .execution_options(synchronize_session=False)
        )
    return notice.sha256
