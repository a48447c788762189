"""Who was sent an SMS because the five messages of their chat were used up: were there five, by what their phone shows?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.messages.inbound import Kind
from models.messages.inbox import InboxMessage
from models.messages.outbox import OutboxMessage
from models.messages.window import MESSAGES
from models.people.identity import Identity
from models.people.tenant import Contact
from tests.chaos.stage import Stage

Lines = Sequence[Mapping[str, Any]]
_CLAIM = f"{MESSAGES} 条已用完"
_GREETING, _SMS = "kf/send_msg_on_event", "sms/send"


async def closed_too_early(stage: Stage, phones: Mapping[str, Lines], ledger: Lines) -> list[str]:
    """The SMS that went although the chat allowed one more."""
    query = (
        select(OutboxMessage, Identity.account)
        .join(Contact, Contact.mobile == OutboxMessage.address)
        .join(Identity, Identity.contact_id == Contact.id)
        .where(OutboxMessage.channel == "sms", OutboxMessage.reason.contains(_CLAIM))
    )
    found = []
    async with stage.db.read() as session:
        for row, account in await session.execute(query):
            person, handled = account.removeprefix("wm"), await _handled(stage, account)
            place = place_of(row.provider_id, row.address, ledger, phones[person])
            sent = [line["api"] for line in ledger if line["delivered"] and line["to"] == person]
            planned = row.in_doubt_since or row.created_at
            shown = shown_before(
                place, phones[person], sent, [at is not None and at <= planned for at in handled]
            )
            if place and shown < MESSAGES:
                found.append(f"{person}: {row.dedupe_key} by SMS ({row.reason}), but {shown} were shown")
    return found


async def _handled(stage: Stage, account: str) -> list[datetime | None]:
    """When each message of a customer was handled."""
    async with stage.db.read() as session:
        rows = await session.scalars(
            select(InboxMessage).where(InboxMessage.sender == account).order_by(InboxMessage.id)
        )
        return [row.handled_at for row in rows if row.message.kind is not Kind.EVENT]


def place_of(out_id: str, mobile: str, ledger: Lines, phone: Lines) -> int:
    """The number of the SMS on the phone; 0 where it is not to be found."""
    sent = [
        line["key"] for line in ledger if (line["api"], line["to"]) == (_SMS, mobile) and line["delivered"]
    ]
    entries = [entry["n"] for entry in phone if entry["channel"] == "sms"]
    return int(dict(zip(sent, entries, strict=False)).get(out_id, 0))


def shown_before(place: int, phone: Lines, sent: Sequence[str], known: Sequence[bool]) -> int:
    """How many of the five a customer had seen when the SMS in that place of the phone came.

    sent: the interface of each message of the chat. known: of each message of the customer, whether the service knew of
    it when it decided on the SMS.
    """
    chat = [entry for entry in phone if entry["channel"] == "kf"]
    wrote = [entry["n"] for entry in chat if entry["from"] == "me" and entry["n"] < place]
    since = max((n for n, was_known in zip(wrote, known, strict=False) if was_known), default=0)
    seen = zip((entry["n"] for entry in chat if entry["from"] == "bot"), sent, strict=False)
    return sum(since < n < place and api != _GREETING for n, api in seen)
