"""The board of the morning, to those who lead the claims [practice]."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.claims.board import board_text, standings
from models.claims.crew import crew_of, leads
from models.clock import local_date
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.rules import Rules


async def send_board(session: AsyncSession, now: datetime, rules: Rules) -> int:
    """Picture and list, once a day; how many claims are open. Nothing is sent when there is none."""
    found = await standings(session, now, rules)
    if not found:
        return 0
    members = leads(await crew_of(session, rules), rules)
    key = f"claims:board:{local_date(now)}"
    picture = Content(file="claimboard:all", file_name="理赔看板.png")
    await tell_staff(session, members, f"{key}:picture", picture, now=now)
    await tell_staff(session, members, f"{key}:list", Content(text=board_text(found, now)), now=now)
    return len(found)
