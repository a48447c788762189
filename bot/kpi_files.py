"""What goes with the statistics: the picture of the collection, and the full list behind a figure."""

from __future__ import annotations

import asyncio

from bot.core import Core
from bot.sheets.writer import workbook
from models.calendar.period import Month
from models.clock import local_date
from models.errors import ServiceError
from models.kpi.board import measure
from models.kpi.curve import chart_of
from models.kpi.desk import desk_month
from models.kpi.measure import Kpi
from models.kpi.words import misses_table


async def chart_file(core: Core, month: str) -> bytes:
    """The picture as of now. Raises ServiceError when the month has no bills."""
    from bot.documents.collection_chart import chart_png  # noqa: PLC0415 - matplotlib costs a second, and is seldom needed

    now = core.clock.now()
    async with core.db.read() as session:
        chart = await chart_of(session, Month.parse(month, local_date(now)), now, core.rules)
    if chart is None:
        raise ServiceError(f"no bills to draw: {month}")
    return await asyncio.to_thread(chart_png, chart)


async def desk_chart_file(core: Core, month: str) -> bytes:
    """The repairs of a month as of now."""
    from bot.documents.desk_chart import desk_chart_png  # noqa: PLC0415 - as above

    now = core.clock.now()
    async with core.db.read() as session:
        found = await desk_month(session, Month.parse(month, local_date(now)), now, core.rules)
    return await asyncio.to_thread(desk_chart_png, found)


async def misses_file(core: Core, kpi: str, month: str) -> bytes:
    """Every miss of a month."""
    now = core.clock.now()
    async with core.db.read() as session:
        found = await measure(session, Kpi[kpi], Month.parse(month, local_date(now)), now, core.rules)
    return await asyncio.to_thread(workbook, [misses_table(found)])
