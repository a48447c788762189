"""A letter on its way: to each contact who sees money one message with buttons, then the PDF [domain §6]."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.quiet import next_allowed
from models.messages.content import Button, Content, Sms
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.messages.tell import tell_contact
from models.notices.notice import Notice
from models.notices.visit import ask_for_visit
from models.people.tenant import Contact
from models.rules import Rules

SMS_TEMPLATE = "notice"
APART = timedelta(hours=1)
"""Two letters to one tenant never arrive together, also after downtime [domain §4, practice]."""


async def send_letter(
    session: AsyncSession,
    notice: Notice,
    contacts: Iterable[Contact],
    content: Content,
    *,
    guard: str,
    now: datetime,
    rules: Rules,
    file_name: str = "",
    step: str = "issue",
    not_before: datetime | None = None,
) -> None:
    """Queues the letter once per `step` and contact, outside the quiet hours; the guard is asked again before it leaves.

    file_name: of the PDF that follows; "" sends none. Where nobody can be reached, a member of staff is asked to bring it.
    """
    people = list(contacts)
    if not people:
        await ask_for_visit(session, notice, "没有可联系的负责人、经办人或财务联系人", now, rules)
    key = f"{notice.subject}:{step}"
    due_at = await _free_moment(session, people, key, now, max(now, not_before or now), rules)
    parts = [("", content)]
    if file_name:
        parts.append((":pdf", Content(file=notice.subject, file_name=file_name)))
    for contact in people:
        for suffix, part in parts:
            await tell_contact(
                session, contact, f"{key}{suffix}", part,
                now=now, purpose=Purpose.NOTICE, subject=notice.subject, guard=guard, due_at=due_at,
            )  # fmt: skip


async def _free_moment(
    session: AsyncSession, people: Sequence[Contact], key: str, now: datetime, from_at: datetime, rules: Rules
) -> datetime:
    """The first moment outside the quiet hours that is not near another letter to these people."""
    rows = await session.execute(
        select(OutboxMessage.dedupe_key, OutboxMessage.status, OutboxMessage.due_at, OutboxMessage.settled_at)
        .where(OutboxMessage.recipient.in_([f"contact:{contact.id}" for contact in people]))
        .where(OutboxMessage.purpose == Purpose.NOTICE)
        .where(
            or_(
                OutboxMessage.status.in_([OutboxStatus.DUE, OutboxStatus.LEASED]),
                and_(OutboxMessage.status == OutboxStatus.SENT, OutboxMessage.settled_at > from_at - APART),
            )
        )
    )
    others = sorted(
        settled_at if settled_at and status is OutboxStatus.SENT else max(due_at, now)
        for other, status, due_at, settled_at in rows
        if not other.startswith(f"{key}:")
    )
    quiet = rules.calendar.quiet_from, rules.calendar.quiet_until
    free_at = next_allowed(from_at, *quiet)
    for other_at in others:
        if abs(other_at - free_at) < APART:
            free_at = next_allowed(other_at + APART, *quiet)
    return free_at


def with_pointer(notice: Notice, text: str, rules: Rules, *buttons: Button) -> Content:
    """The letter as a message: text, buttons and the address of its page; on SMS only a neutral pointer [law: 短信].

    A gateway takes no link as a value: the fixed part of the address stands in the registered template.
    """
    return Content(
        text=text,
        buttons=buttons,
        url=page_url(notice, rules),
        sms=Sms(SMS_TEMPLATE, (("code", notice.short_code),)),
    )


def page_url(notice: Notice, rules: Rules) -> str:
    """Where the letter can be read and signed for."""
    return f"{rules.public_url}/n/{notice.token}"
