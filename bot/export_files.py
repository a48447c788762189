"""An export as a workbook, made when it is sent."""

from __future__ import annotations

import asyncio

from bot.core import Core
from bot.sheets.writer import workbook
from models.calendar.period import Month
from models.clock import local_date
from models.errors import ServiceError
from models.exports import EXPORTS
from models.exports.table import Asked


async def export_file(core: Core, code: str, month: str, full_numbers: str) -> bytes:
    """The rows as they stand now. Raises ServiceError for a kind that does not exist."""
    form = next((form for form in EXPORTS if form.code == code), None)
    if form is None:
        raise ServiceError(f"no such export: {code}")
    now = core.clock.now()
    asked = Asked(Month.parse(month, local_date(now)), now, core.rules, full_numbers == "full")
    async with core.db.read() as session:
        table = await form.table(session, asked)
    return await asyncio.to_thread(workbook, [table])
