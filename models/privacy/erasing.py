"""Does what was decided: takes the person out of everything that need not keep them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.announcements.outage_answer import OutageAnswer
from models.cases.case import Case, CaseEvent
from models.messages.conversation import Conversation
from models.messages.inbox import InboxMessage, InboxStatus
from models.messages.media import Media
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.messages.sms_reply import SmsReplyRow
from models.people.identity import BindingAttempt, BindingCode, Identity
from models.people.tenant import Contact
from models.privacy.blanking import blank_inbox, blank_outbox
from models.privacy.doomed import doom
from models.privacy.erasure import ERASED_NAME

KEPT = (
    "签收记录和送达凭据（诉讼时效内要能证明，民法典第 188 条）",
    "账单、收款、发票等会计资料（会计档案管理办法第 14 条，30 年）",
    "报事的处理经过和操作记录（不再显示您的姓名和手机）",
)
"""What stays, and the law that says so; told to the person word by word."""


async def erase(session: AsyncSession, contact: Contact, now: datetime) -> dict[str, int]:
    """Forgets the person; how many rows of each kind were touched. The contact's row stays as a number without a name."""
    accounts = list(await session.scalars(select(Identity.account).where(Identity.contact_id == contact.id)))
    done = {
        "received": await _forget_received(session, accounts, contact.id, now),
        "sent": await _forget_sent(session, contact.id, now),
        "media": await _forget_media(session, accounts, now),
    }
    if contact.mobile:
        await session.execute(delete(SmsReplyRow).where(SmsReplyRow.mobile == contact.mobile))
    await _forget_names(session, contact.id)
    await _forget_chats(session, accounts, contact.id)
    contact.name, contact.mobile, contact.active, contact.sms_refused = ERASED_NAME, "", False, True
    await session.flush()
    return done


async def _forget_received(session: AsyncSession, accounts: list[str], contact_id: int, now: datetime) -> int:
    """What the person wrote. The row stays, so that the message can not be taken for a new one."""
    rows = await session.scalars(
        select(InboxMessage)
        .where(InboxMessage.channel == "kf", InboxMessage.sender.in_(accounts))
        .where(InboxMessage.status != InboxStatus.NEW)
        .with_for_update()
    )
    found = list(rows)
    for row in found:
        blank_inbox(row, now)
        row.sender = f"erased:{contact_id}"
        row.payload = {**row.payload, "sender": row.sender}
    return len(found)


async def _forget_sent(session: AsyncSession, contact_id: int, now: datetime) -> int:
    """What was written to the person, except what proves the delivery of a letter; what is still unsent stays unsent."""
    rows = await session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.contact_id == contact_id, OutboxMessage.status != OutboxStatus.LEASED)
        .with_for_update()
    )
    count = 0
    for row in rows:
        if row.status in (OutboxStatus.DUE, OutboxStatus.WAITING):
            row.status, row.reason, row.settled_at = OutboxStatus.WITHHELD, "联系人已要求删除个人信息", now
        if not row.subject.startswith("notice:"):
            blank_outbox(row, now)
            count += 1
    return count


async def _forget_media(session: AsyncSession, accounts: list[str], now: datetime) -> int:
    """Pictures that belong to nothing. Those of a case are part of its record."""
    gone = await session.scalars(
        delete(Media)
        .where(Media.channel == "kf", Media.sender.in_(accounts), Media.subject == "")
        .returning(Media.sha256)
    )
    files = list(gone)
    await doom(session, files, now)
    await session.execute(
        update(Media).where(Media.channel == "kf", Media.sender.in_(accounts)).values(sender="", name="")
    )
    return len(files)


async def _forget_names(session: AsyncSession, contact_id: int) -> None:
    await session.execute(
        update(CaseEvent).where(CaseEvent.actor == f"contact:{contact_id}").values(actor_name=ERASED_NAME)
    )
    await session.execute(update(Case).where(Case.contact_id == contact_id).values(reporter_account=""))
    await session.execute(
        update(OutageAnswer).where(OutageAnswer.contact_id == contact_id).values(account="", wants_word=False)
    )


async def _forget_chats(session: AsyncSession, accounts: list[str], contact_id: int) -> None:
    """The bindings. The window of the chat stays open for the answer, and goes with the job of data.retention."""
    conditions: list[tuple[type[Any], Any]] = [
        (BindingCode, or_(BindingCode.contact_id == contact_id, BindingCode.account.in_(accounts))),
        (BindingAttempt, BindingAttempt.account.in_(accounts)),
        (Conversation, (Conversation.channel == "kf") & Conversation.sender.in_(accounts)),
        (Identity, Identity.contact_id == contact_id),
    ]
    for table, condition in conditions:
        await session.execute(delete(table).where(condition))
