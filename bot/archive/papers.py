"""The papers of a month, one after the other: the summary, the exact letters, the receipts, the sign-off sheets."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator

from sqlalchemy import select

from bot.attachments import NoticeFiles
from bot.close_files import close_pdf, close_workbook
from bot.core import Core
from bot.documents.render import render
from bot.receipt_files import ReceiptFiles
from bot.sheets.writer import workbook
from models.clock import local_date
from models.closing.close import MonthClose
from models.closing.span import Span
from models.errors import ServiceError
from models.exports.table import Column, Table
from models.fees.payment import Payment
from models.notices.notice import Notice
from models.notices.sign_off import sign_off_sheet
from models.people.staff import name_of
from models.people.unit import buildings

LIST = "清单.xlsx"


class Papers:
    """Collects what goes into the archive of a month."""

    def __init__(self, core: Core, notices: NoticeFiles) -> None:
        self._core = core
        self._notices = notices
        self._receipts = ReceiptFiles(core)

    async def of(self, close: MonthClose) -> AsyncIterator[tuple[str, bytes]]:
        """Name in the archive and bytes. Raises ServiceError when an original is lost or was changed."""
        told: list[tuple[str, str, str]] = []
        async for name, what, data in self._all(close):
            told.append((name, what, hashlib.sha256(data).hexdigest()))
            yield name, data
        columns = (Column("文件"), Column("内容"), Column("校验码（SHA-256）"))
        yield LIST, await asyncio.to_thread(workbook, [Table("清单", columns, told)])

    async def _all(self, close: MonthClose) -> AsyncIterator[tuple[str, str, bytes]]:
        yield "凭证汇总.pdf", "收费凭证汇总表", await close_pdf(self._core, close.id)
        yield "凭证汇总.xlsx", "收费凭证汇总和明细", await close_workbook(self._core, close.id)
        for notice in await self._letters(close):
            yield f"通知单/{notice.number}.pdf", str(notice.kind), await self._letter(notice)
        for payment in await self._payments(close):
            yield f"收据/{payment.number}.pdf", "收据", await self._receipts.pdf(payment.id)
        async for building, sheet in self._sheets(close):
            yield f"签收表/{building}.pdf", "缴费/催费通知单签收表", sheet

    async def _letters(self, close: MonthClose) -> list[Notice]:
        """Those made in the month, of whatever kind."""
        span = Span.of(close.period)
        query = select(Notice).where(span.holds(Notice.made_at)).order_by(Notice.number)
        async with self._core.db.read() as session:
            return list(await session.scalars(query))

    async def _letter(self, notice: Notice) -> bytes:
        try:
            data = await self._notices.pdf(notice.id)
        except OSError as lost:
            raise ServiceError(f"通知单 {notice.number} 的原件不在文件目录里，请从备份恢复后重试。") from lost
        if notice.sha256 and hashlib.sha256(data).hexdigest() != notice.sha256:
            raise ServiceError(f"通知单 {notice.number} 的原件与登记的校验码不符，请从备份恢复后重试。")
        return data

    async def _payments(self, close: MonthClose) -> list[Payment]:
        """Those that stand: a reversed payment has no receipt, it is listed in the workbook."""
        span = Span.of(close.period)
        query = (
            select(Payment)
            .where(span.holds(Payment.received_at), Payment.reversed_at.is_(None))
            .order_by(Payment.number)
        )
        async with self._core.db.read() as session:
            return list(await session.scalars(query))

    async def _sheets(self, close: MonthClose) -> AsyncIterator[tuple[str, bytes]]:
        """One for each building with letters."""
        made_on = local_date(self._core.clock.now())
        async with self._core.db.read() as session:
            maker = await name_of(session, close.made_by)
            sheets = [
                await sign_off_sheet(session, close.month, building, maker, made_on, self._core.rules)
                for building in await buildings(session)
            ]
        for sheet in sheets:
            if sheet.rows:
                yield sheet.building, await render(sheet)
