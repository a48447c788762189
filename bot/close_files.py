"""The voucher summary of a month's close: as it was handed in, on paper and as a workbook."""

from __future__ import annotations

import asyncio

from bot.core import Core
from bot.documents.render import render
from bot.sheets.writer import workbook
from models.closing.close import MonthClose
from models.closing.ledgers import ledgers
from models.closing.voucher import summary_of
from models.errors import ServiceError
from models.exports.table import Asked


async def close_file(core: Core, number: str, form: str) -> bytes:
    """ "pdf" or "xlsx"."""
    return await (close_pdf if form == "pdf" else close_workbook)(core, int(number))


async def close_pdf(core: Core, close_id: int) -> bytes:
    """The sheet of paper. Raises ServiceError when there is no such close."""
    return await render(summary_of((await _close(core, close_id)).facts))


async def close_workbook(core: Core, close_id: int) -> bytes:
    """The figures with every bill, payment and balance behind them."""
    close = await _close(core, close_id)
    asked = Asked(close.period, core.clock.now(), core.rules)
    async with core.db.read() as session:
        tables = await ledgers(session, summary_of(close.facts), asked)
    return await asyncio.to_thread(workbook, tables)


async def _close(core: Core, close_id: int) -> MonthClose:
    async with core.db.read() as session:
        close = await session.get(MonthClose, close_id)
    if close is None:
        raise ServiceError(f"no such close: {close_id}")
    return close
