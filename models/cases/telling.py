"""News of a case: whoever is off duty is left in peace at night, unless it burns [domain §3]."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.quiet import next_allowed
from models.cases.case import Case, Deadline
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.people.staff import Staff
from models.rules import Rules


def quiet_over(now: datetime, rules: Rules) -> datetime:
    """The next moment at which people may be disturbed."""
    return next_allowed(now, rules.calendar.quiet_from, rules.calendar.quiet_until)


def news_at(case: Case, now: datetime, rules: Rules) -> datetime:
    """When a tenant may be told: emergencies know no night."""
    return now if case.urgency == "emergency" else quiet_over(now, rules)


async def remind(
    session: AsyncSession,
    case: Case,
    deadline: Deadline,
    members: Iterable[Staff],
    text: str,
    now: datetime,
    rules: Rules,
) -> None:
    """A clock has run out: at night it waits until the morning even for those on shift, unless it burns."""
    name = f"deadline:{deadline.id}"
    await tell_staff(
        session, members, name, Content(text=text), now=now, subject=case.subject, guard=name,
        due_at=news_at(case, now, rules),
    )  # fmt: skip


async def tell_about(
    session: AsyncSession,
    case: Case,
    members: Iterable[Staff],
    key: str,
    content: Content,
    *,
    now: datetime,
    rules: Rules,
    guard: str = "",
) -> None:
    """Those on shift at once; the others too, but at night only about emergencies."""
    later = news_at(case, now, rules)
    everybody = list(members)
    for on_shift in (True, False):
        there = [member for member in everybody if member.on_shift(now, rules) is on_shift]
        due_at = now if on_shift else later
        await tell_staff(
            session, there, key, content, now=now, subject=case.subject, guard=guard, due_at=due_at
        )
