"""Pictures that show a repair was done."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case
from models.messages.media import attached


async def has_result_photo(session: AsyncSession, case: Case) -> bool:
    """Whether staff sent a picture for the case."""
    return any(media.channel == "wecom" for media in await attached(session, case.subject))
