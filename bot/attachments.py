"""The bytes behind `Content.file`: received media, and documents that are rendered when first needed."""

from __future__ import annotations

from typing import Protocol

from bot.core import Core
from bot.documents.render import render
from bot.receipt_files import ReceiptFiles
from bot.work_order_file import work_order_pdf
from models.clock import local_date
from models.errors import ServiceError
from models.messages.media import Media
from models.notices.sign_off import sign_off_sheet
from models.people.staff import name_of


class NoticeFiles(Protocol):
    """Renders notices."""

    async def pdf(self, notice_id: int) -> bytes:
        """The PDF of a notice, rendered once and the same for ever."""


class Attachments:
    """Finds files by reference."""

    def __init__(self, core: Core, notices: NoticeFiles) -> None:
        self._core = core
        self._notices = notices
        self._receipts = ReceiptFiles(core)

    async def load(self, reference: str) -> bytes:
        """The bytes behind "notice:<id>", "media:<id>", "receipt:<payment id>", "workorder:<case id>" or
        "signoff:<month>:<building>:<userid>".

        Raises ServiceError for anything else.
        """
        kind, _, number = reference.partition(":")
        if kind == "notice":
            return await self._notices.pdf(int(number))
        if kind == "signoff":
            return await self._sign_off_sheet(*number.split(":"))
        if kind == "receipt":
            return await self._receipts.pdf(int(number))
        if kind == "workorder":
            return await work_order_pdf(self._core, int(number))
        if kind == "media":
            async with self._core.db.read() as session:
                media = await session.get(Media, int(number))
            if media:
                return await self._core.files.get(media.sha256)
        raise ServiceError(f"no such file: {reference}")

    async def _sign_off_sheet(self, month: str, building: str, userid: str) -> bytes:
        """The sheet as the evidence stands when it is sent."""
        made_on = local_date(self._core.clock.now())
        async with self._core.db.read() as session:
            name = await name_of(session, userid)
            sheet = await sign_off_sheet(session, month, building, name, made_on, self._core.rules)
        return await render(sheet)
