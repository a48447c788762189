"""One timeline of what was reported several times: nobody reads of another tenant, staff read everything."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case, CaseEvent, timeline
from models.cases.companions import MERGED, once_merged_into
from models.cases.reporter import reporter_of, tenant_name

_SHARED = ("派单", "改派", "领单", "接单", "到场", "待料", "退单")
"""Steps of the case worked on that those who wait with it may read."""


async def joined_timeline(session: AsyncSession, case: Case, *, for_staff: bool) -> list[CaseEvent]:
    """The events of the case and of those merged with it, as far as the reader may see them, oldest first."""
    events = await timeline(session, case.id)
    if case.merged_into_id is not None:
        events += await _while_merged(session, case, events)
    if for_staff:
        for other in await once_merged_into(session, case.id):
            events += await timeline(session, other.id)
    return sorted(events, key=lambda event: (event.at, event.id))


async def _while_merged(session: AsyncSession, case: Case, own: list[CaseEvent]) -> list[CaseEvent]:
    """What staff did under the other number since both became one, until they parted."""
    joined = [event for event in own if event.move == "并单"]
    parted = [event for event in own if event.from_state == MERGED and event.to_state != MERGED]
    if not joined:
        return []
    since, until = joined[-1].id, parted[-1].id if parted and parted[-1].id > joined[-1].id else None
    return [
        event
        for event in await timeline(session, case.merged_into_id or 0)
        if event.move in _SHARED and event.id > since and (until is None or event.id < until)
    ]


async def merged_lines(session: AsyncSession, case: Case) -> list[str]:
    """For staff: who else reported this, or under which number it is worked on."""
    lines = []
    if case.merged_into_id is not None and case.state == MERGED:
        main = await session.get_one(Case, case.merged_into_id)
        lines.append(f"已合并，按 {main.number} 处理")
    for other in await once_merged_into(session, case.id):
        name, _ = await reporter_of(session, other)
        where = f" {other.place}" if other.place else ""
        lines.append(
            f"同一件：{other.number}{where}（{await tenant_name(session, other)} {name}）{other.description}"
        )
    return lines
