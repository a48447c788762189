"""An announcement on its way, at most 50 people in a transaction; and back again where it is recalled [practice]."""

from __future__ import annotations

import secrets
import string
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.announcements.announcement import Announcement, AnnouncementCopy, AnnouncementState
from models.announcements.audience import SMS_TEMPLATE, contacts_in, may_get_sms, purpose_of, ways_to
from models.announcements.deciding import asked_of, tell_author
from models.announcements.outage_end import next_look
from models.announcements.report import tell_desk, tell_sent
from models.announcements.timing import start_at
from models.announcements.words import short, tenant_text
from models.clock import local_date
from models.database import insert_new
from models.messages.content import Button, Content, Sms
from models.messages.outbox import OutboxMessage, OutboxStatus, rows_of
from models.messages.tell import tell_contact
from models.people.tenant import Contact
from models.rules import Rules

CHUNK = 50
CODE_LENGTH = 16  # 95 bits; a value of an SMS template has at most 20 characters
_BASE62 = string.ascii_letters + string.digits
_A_MINUTE = timedelta(minutes=1)


async def send_some(session: AsyncSession, announcement: Announcement, now: datetime, rules: Rules) -> None:
    """The next 50 contacts of the audience as it is today; the last chunk ends the sending."""
    begins = start_at(now, announcement.kind, announcement.from_at, rules)
    if begins > now:
        announcement.next_at = begins
        return
    if announcement.until_at is not None and announcement.until_at <= now:
        await _too_late(session, announcement, now)
        return
    contacts = await contacts_in(
        session, announcement.readers, local_date(now), after=announcement.told_through, most=CHUNK
    )
    await _tell(session, announcement, contacts, now, rules)
    if len(contacts) == CHUNK:
        announcement.state, announcement.next_at = AnnouncementState.SENDING, now
        announcement.told_through = contacts[-1].id
        return
    announcement.state, announcement.sent_at = AnnouncementState.SENT, now
    announcement.next_at = next_look(announcement, now, rules)
    await tell_sent(session, announcement, now, rules)


async def _too_late(session: AsyncSession, announcement: Announcement, now: datetime) -> None:
    """After a downtime: nobody wants to read of an outage that is over."""
    announcement.state, announcement.next_at = AnnouncementState.RECALLED, None
    announcement.reason = "到发送时停用已经结束，没有再发"
    await tell_author(session, announcement, announcement.reason + "。", now)


async def _tell(
    session: AsyncSession,
    announcement: Announcement,
    contacts: Sequence[Contact],
    now: datetime,
    rules: Rules,
) -> None:
    asked = asked_of(announcement)
    ways = await ways_to(session, contacts, asked, now, rules)
    copies = [
        {"announcement_id": announcement.id, "contact_id": each.id, "code": _code(), "way": ways[each.id], "signed_how": ""}
        for each in contacts
    ]  # fmt: skip
    await insert_new(session, AnnouncementCopy, copies)
    codes = {copy["contact_id"]: str(copy["code"]) for copy in copies}
    rows = []
    for contact in contacts:
        if ways[contact.id]:
            pointer = asked.sms and may_get_sms(contact, asked, rules)
            content = content_for(announcement, codes[contact.id] if pointer else "", rules)
            rows += rows_of(
                f"{announcement.subject}:{contact.id}", content, recipient=f"contact:{contact.id}",
                contact_id=contact.id, purpose=purpose_of(contact, pointer=pointer), now=now, subject=announcement.subject,
                guard=announcement.subject,
            )  # fmt: skip
    await insert_new(session, OutboxMessage, rows)


def _code() -> str:
    return "".join(secrets.choice(_BASE62) for _ in range(CODE_LENGTH))


def content_for(announcement: Announcement, code: str, rules: Rules) -> Content:
    """The words with a button; code: the page an SMS points to, "" where none may be sent."""
    word = "签收" if announcement.sign else "知道了"
    return Content(
        text=tenant_text(announcement, rules),
        buttons=(Button(f"noted:{announcement.number}", word),),
        sms=Sms(SMS_TEMPLATE, (("code", code),)) if code else None,
    )


async def correct_some(
    session: AsyncSession, announcement: Announcement, now: datetime, rules: Rules
) -> None:
    """Tells the next 50 of those who got it that it does not hold; who never got it hears nothing."""
    rows = list(
        await session.execute(
            select(AnnouncementCopy, Contact)
            .join(Contact, Contact.id == AnnouncementCopy.contact_id)
            .where(AnnouncementCopy.announcement_id == announcement.id)
            .where(AnnouncementCopy.contact_id > announcement.recalled_through, _got(announcement))
            .order_by(AnnouncementCopy.contact_id)
            .limit(CHUNK)
        )
    )
    for copy, contact in rows:
        pointer = announcement.sms and may_get_sms(contact, asked_of(announcement), rules)
        sms = Sms(SMS_TEMPLATE, (("code", copy.code),)) if pointer else None
        await tell_contact(
            session, contact, f"{announcement.subject}:recall",
            Content(text=correction_text(announcement, rules), sms=sms),
            now=now, purpose=purpose_of(contact, pointer=pointer), subject=announcement.subject,
        )  # fmt: skip
        announcement.recalled_through = contact.id
    if len(rows) == CHUNK or await _on_the_wire(session, announcement):
        announcement.next_at = now if len(rows) == CHUNK else now + _A_MINUTE
        return
    announcement.state, announcement.next_at = AnnouncementState.RECALLED, None
    await tell_desk(session, announcement, "【公告已撤回】", f"原因：{announcement.reason}。", now, rules)


def correction_text(announcement: Announcement, rules: Rules) -> str:
    """Short, with the reason and whom to ask."""
    return (
        f"【更正】此前的{short(announcement)}（{announcement.number}）已撤回：{announcement.reason}。"
        f"给您带来不便，敬请谅解。有疑问请发送“人工”，或致电 {rules.park.phone}。"
    )


def _got(announcement: Announcement):  # type: ignore[no-untyped-def]
    """Whether the message to the contact of the copy went out, or may have."""
    return exists().where(
        OutboxMessage.subject == announcement.subject,
        OutboxMessage.contact_id == AnnouncementCopy.contact_id,
        OutboxMessage.status.in_((OutboxStatus.SENT, OutboxStatus.UNKNOWN)),
    )


async def _on_the_wire(session: AsyncSession, announcement: Announcement) -> bool:
    """Whether a message was being sent at the moment of the recall: it may still have to be corrected."""
    query = select(
        exists().where(
            OutboxMessage.subject == announcement.subject,
            OutboxMessage.status == OutboxStatus.LEASED,
            OutboxMessage.dedupe_key.not_like("%:recall:%"),
        )
    )
    return bool(await session.scalar(query))
