"""The month's readings are all in: finance hears of it, for the bills may be drafted now [manual flow chart: 21–23 日]."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.fees.meter import Reading
from models.fees.missing_readings import missing_meters
from models.fees.month_steps import holder_of_run
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.people.staff import staff_who_may
from models.rules import Rules


async def tell_if_ready(session: AsyncSession, month: Month, now: datetime, rules: Rules) -> None:
    """Once a month, as soon as no meter is missing and nobody has to stand by a reading; not once bills are out."""
    waiting = select(Reading.id).where(Reading.month == str(month), ~Reading.confirmed).limit(1)
    if await session.scalar(waiting) is not None or await missing_meters(session, month):
        return
    if await holder_of_run(session, month) is None:
        return
    said = Content(text=f"【抄表】{month.label}读数已全部抄齐，没有待确认的。核对后可发送“出账 {month}”。")
    finance = await staff_who_may(session, "fees.bill", rules)
    await tell_staff(session, finance, f"readings:ready:{month}", said, now=now)
