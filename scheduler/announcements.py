"""Announcements go out, are corrected and come to their end in short steps, called on every tick and after a restart."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.announcements.announcement import Announcement, AnnouncementState
from models.announcements.outage_end import finish, watch_end
from models.announcements.sending import correct_some, send_some
from models.announcements.unapproved import watch_approval
from models.rules import Rules
from scheduler.registry import UnitsOfWork


def to_announce(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Announcements about which something is due."""
    return Announcement.next_at <= now


def next_announcement(now: BindParameter[datetime]) -> ScalarSelect[datetime | None]:
    """When something is due next after now."""
    return select(func.min(Announcement.next_at)).where(Announcement.next_at > now).scalar_subquery()


async def continue_announcing(units: UnitsOfWork, now: datetime, rules: Rules) -> int:
    """Does what is due, each step of at most 50 people in a transaction of its own; how many steps that took."""
    steps = 0
    while True:
        async with units.begin() as session:
            announcement = await _next(session, now)
            if announcement is None:
                await session.rollback()
                return steps
            await _step(session, announcement, now, rules)
            steps += 1


async def _next(session: AsyncSession, now: datetime) -> Announcement | None:
    found: Announcement | None = await session.scalar(
        select(Announcement)
        .where(to_announce(now))
        .order_by(Announcement.next_at, Announcement.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return found


async def _step(session: AsyncSession, announcement: Announcement, now: datetime, rules: Rules) -> None:
    match announcement.state:
        case AnnouncementState.SUBMITTED:
            await watch_approval(session, announcement, now, rules)
        case AnnouncementState.APPROVED | AnnouncementState.SENDING:
            await send_some(session, announcement, now, rules)
        case AnnouncementState.RECALLING:
            await correct_some(session, announcement, now, rules)
        case AnnouncementState.SENT if announcement.over_at is None:
            await watch_end(session, announcement, now, rules)
        case AnnouncementState.SENT:
            await finish(session, announcement, now, rules)
        case _:
            announcement.next_at = None
