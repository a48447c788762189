"""What is known of a meter's readings, newest first: who entered them, what was corrected, whether there are photos."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local
from models.fees.bill_lines import plain
from models.fees.meter import Meter, Reading, ReadingCorrection
from models.fees.meter_index import label
from models.fees.reading_corrections import corrections_of
from models.fees.reading_photos import photos_of
from models.people.staff import name_of
from models.people.unit import Unit

MOST_ROWS = 12


async def history_text(session: AsyncSession, meter: Meter) -> str:
    """The last months of one meter, a line for each reading and one for each correction."""
    unit = await session.get_one(Unit, meter.unit_id)
    rows = list(
        await session.scalars(
            select(Reading)
            .where(Reading.meter_id == meter.id)
            .order_by(Reading.month.desc())
            .limit(MOST_ROWS)
        )
    )
    head = f"【抄表记录】{meter.number} {label(meter, unit)}"
    if not rows:
        return f"{head}\n还没有读数。录入请发送：抄表 {meter.number} 读数"
    ids = [row.id for row in rows]
    corrections, photos = await corrections_of(session, ids), await photos_of(session, ids)
    lines = []
    for row in rows:
        lines.append(await _line(session, row, len(photos[row.id])))
        lines += [await _corrected(session, each) for each in corrections.get(row.id, ())]
    return "\n".join([head, *lines])


async def _line(session: AsyncSession, row: Reading, photos: int) -> str:
    states = [
        "估" if row.estimated else "",
        "走满归零" if row.rollover else "",
        "上线前" if row.settled else "已出账" if row.bill_id else "" if row.confirmed else "待确认",
        f"照片 {photos} 张" if photos else "",
    ]
    notes = "，".join(filter(None, states))
    by = await name_of(session, row.entered_by)
    return f"{row.month} {plain(row.value)}（{by} {local(row.read_at):%m-%d %H:%M}{notes and '，' + notes}）"


async def _corrected(session: AsyncSession, each: ReadingCorrection) -> str:
    by = await name_of(session, each.corrected_by)
    return f"  更正 {plain(each.old_value)} → {plain(each.new_value)}（{by} {local(each.corrected_at):%m-%d %H:%M}）"
