"""The bytes behind `Content.file`: received media, and documents that are rendered when first needed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

from bot.claim_files import claim_board_png, claim_pdf
from bot.close_files import close_file
from bot.core import Core
from bot.day_close_files import DayCloseFiles
from bot.deposit_files import deposit_pdf
from bot.documents.render import render
from bot.evidence_file import evidence_pdf
from bot.export_files import export_file
from bot.kpi_files import chart_file, desk_chart_file, misses_file
from bot.personal_file import personal_file
from bot.receipt_files import ReceiptFiles
from bot.sheets.writer import workbook
from bot.work_order_file import work_order_pdf
from models.clock import local_date
from models.errors import ServiceError
from models.exports.sign_off import sign_off_table
from models.fees.bill import BillRun
from models.fees.bill_draft import month_of
from models.fees.difference_words import difference_tables
from models.fees.run_differences import differences
from models.invoices.invoice import Invoice
from models.messages.media import Media
from models.notices.documents import SignOffSheet
from models.notices.sign_off import sign_off_sheet
from models.people.staff import name_of


class NoticeFiles(Protocol):
    """Renders notices."""

    async def pdf(self, notice_id: int) -> bytes:
        """The PDF of a notice, rendered once and the same for ever."""


Loader = Callable[..., Awaitable[bytes]]
"""Gets what follows the kind in a reference, part by part."""


class Attachments:
    """Finds files by reference."""

    def __init__(self, core: Core, notices: NoticeFiles) -> None:
        self._core = core
        receipts, day_closes = ReceiptFiles(core), DayCloseFiles(core)
        self._loaders: dict[str, Loader] = {
            "notice": lambda number: notices.pdf(int(number)),
            "receipt": lambda number: receipts.pdf(int(number)),
            "dayclose": lambda number: day_closes.pdf(int(number)),
            "deposit": partial(deposit_pdf, core),
            "workorder": lambda number: work_order_pdf(core, int(number)),
            "evidence": lambda number, userid: evidence_pdf(
                core, notices.pdf, receipts.pdf, int(number), userid
            ),
            "media": self._media,
            "invoice": self._invoice,
            "signoff": self._sign_off_pdf,
            "signoffbook": self._sign_off_book,
            "export": partial(export_file, core),
            "close": partial(close_file, core),
            "billdiff": self._bill_differences,
            "claim": partial(claim_pdf, core),
            "claimboard": partial(claim_board_png, core),
            "chart": partial(chart_file, core),
            "deskchart": partial(desk_chart_file, core),
            "misses": partial(misses_file, core),
            "mydata": partial(personal_file, core),
        }

    async def load(self, reference: str) -> bytes:
        """The bytes behind "<kind>:<parts>": "notice:<id>", "media:<id>", "receipt:<payment id>", "dayclose:<id>",
        "invoice:<id>", "workorder:<case id>", "signoff:<month>:<building>:<userid>", "signoffbook:" likewise,
        "export:<code>:<month>:<full or masked>", "close:<id>:<pdf or xlsx>", "evidence:<tenant id>:<userid>",
        "claim:<case id>:<notice, damage, report or file>", "claimboard:all", "chart:<month>", "deskchart:<month>",
        "misses:<kpi>:<month>", "billdiff:<run id>", "deposit:<receipt or back>:<id>",
        "mydata:<contact id>".

        Raises ServiceError for anything else.
        """
        kind, _, rest = reference.partition(":")
        if kind not in self._loaders:
            raise ServiceError(f"no such file: {reference}")
        return await self._loaders[kind](*rest.split(":"))

    async def _invoice(self, number: str) -> bytes:
        async with self._core.db.read() as session:
            invoice = await session.get(Invoice, int(number))
        if invoice is None or not invoice.file_sha256:
            raise ServiceError(f"no such file: invoice:{number}")
        return await self._core.files.get(invoice.file_sha256)

    async def _media(self, number: str) -> bytes:
        async with self._core.db.read() as session:
            media = await session.get(Media, int(number))
        if media is None:
            raise ServiceError(f"no such file: media:{number}")
        return await self._core.files.get(media.sha256)

    async def _bill_differences(self, run_id: str) -> bytes:
        async with self._core.db.read() as session:
            run = await session.get_one(BillRun, int(run_id))
            found = await differences(session, run, month_of(run))
        return await asyncio.to_thread(workbook, difference_tables(found))

    async def _sign_off_pdf(self, month: str, building: str, userid: str) -> bytes:
        return await render(await self._sign_off_sheet(month, building, userid))

    async def _sign_off_book(self, month: str, building: str, userid: str) -> bytes:
        table = sign_off_table(await self._sign_off_sheet(month, building, userid))
        return await asyncio.to_thread(workbook, [table])

    async def _sign_off_sheet(self, month: str, building: str, userid: str) -> SignOffSheet:
        """The sheet as the evidence stands when it is sent."""
        made_on = local_date(self._core.clock.now())
        async with self._core.db.read() as session:
            name = await name_of(session, userid)
            return await sign_off_sheet(session, month, building, name, made_on, self._core.rules)
