"""An SMS that the carrier could not deliver: the same is said once more by what is open by then, before a person has to.

The SMS itself stays as it is: what was charged, counted against the limits of the number, and reported.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models.calendar.quiet import next_allowed
from models.database import insert_new
from models.messages.content import Content
from models.messages.delivery import Choice, Reach, Wait, choose
from models.messages.outbox import OutboxMessage, rows_of
from models.messages.quota import Quota
from models.messages.reach import parties_of, reach_of
from models.messages.window import KfWindow
from models.rules import Rules

_SUFFIX = ":otherwise"
_FOLLOWING = aliased(OutboxMessage)


def said_otherwise() -> ColumnElement[bool]:
    """Whether a message was queued anew because its SMS failed: what became of it is told by that one."""
    return exists().where(_FOLLOWING.dedupe_key == OutboxMessage.dedupe_key + _SUFFIX)


def said_otherwise_key(key: str) -> str:
    """The key of what is said in the stead of a failed SMS."""
    return f"{key}{_SUFFIX}"


def base_key(key: str) -> str:
    """The key under which it was said first."""
    return key.removesuffix(_SUFFIX)


async def say_otherwise(session: AsyncSession, row: OutboxMessage, now: datetime, rules: Rules) -> bool:
    """Queues the message anew where a chat takes it now, or will when the person writes; whether one does."""
    if row.erased_at is not None:
        return False
    content = Content.from_json(row.content)
    quota = Quota(
        session, now, rules.sending, {}, {}, {}
    )  # nothing is sent here: no limit is held from others
    reach = await reach_of(session, row, now, quota, await parties_of(session, [row]))
    tried = ["sms", *await _still_tried(session, row, reach)]
    if not isinstance(choose(row.purpose, content, reach, now, tuple(tried)), Choice | Wait):
        return False
    rows = rows_of(
        said_otherwise_key(row.dedupe_key), content, recipient=row.recipient, purpose=row.purpose, now=now,
        contact_id=row.contact_id, account=row.account, guard=row.guard, subject=row.subject,
        due_at=_moment(row, now, rules),
    )  # fmt: skip
    told = {"tried": tried, "reason": row.reason}
    await insert_new(session, OutboxMessage, [each | told for each in rows])
    return True


async def _still_tried(session: AsyncSession, row: OutboxMessage, reach: Reach) -> list[str]:
    """Other channels that refused it; a chat does not count any more once the person has written since."""
    if "kf" not in row.tried or not reach.kf:
        return [channel for channel in row.tried if channel != "sms"]
    window = await session.get_one(KfWindow, reach.kf[0])
    reopened = row.settled_at is not None and window.last_inbound_at > row.settled_at
    return [] if reopened else ["kf"]


def _moment(row: OutboxMessage, now: datetime, rules: Rules) -> datetime:
    """Not in quiet hours, unless the SMS was so pressing that it went out in them."""
    quiet = rules.calendar.quiet_from, rules.calendar.quiet_until
    pressing = row.settled_at is not None and next_allowed(row.settled_at, *quiet) != row.settled_at
    return now if pressing else next_allowed(now, *quiet)
