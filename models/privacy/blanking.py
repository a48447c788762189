"""Takes the content out of a message and leaves the row: its key still tells a repetition from something new."""

from __future__ import annotations

from datetime import datetime

from models.messages.inbox import InboxMessage, InboxStatus
from models.messages.outbox import OutboxMessage

BLANK = "（内容已按保存期限删除）"


def blank_inbox(row: InboxMessage, now: datetime) -> None:
    """What was written, pressed or attached is gone. A failed message can not be tried again: there is nothing left."""
    row.payload = {**row.payload, "text": "", "action": "", "media_id": "", "data": {}}
    row.erased_at = now
    if row.status is InboxStatus.FAILED:
        row.status = InboxStatus.DONE


def blank_outbox(row: OutboxMessage, now: datetime) -> None:
    """What was said, and to which number or account, is gone; when, over what and with which outcome stays."""
    row.content, row.request, row.address, row.account = {"text": BLANK}, None, "", ""
    row.erased_at = now
