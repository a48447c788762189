"""What the rehearsal brought to light, as values: one message of one day to one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from models.calendar.quiet import next_allowed
from models.clock import local
from models.messages.content import Content
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.rules import Rules
from scheduler.registry import Job

CHANNELS = {"wecom": "企业微信", "kf": "微信客服", "sms": "短信"}
_SECONDS = 60
_FATES = {
    OutboxStatus.WITHHELD: "不发",
    OutboxStatus.WAITING: "等对方来信",
    OutboxStatus.DEAD: "送不到",
    OutboxStatus.UNKNOWN: "结果不明",
}


@dataclass(frozen=True, slots=True)
class Planned:
    """One message. channel: as people call it; for what does not go out, its fate."""

    at: datetime
    who: str
    what: str
    channel: str
    why: str
    sent: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """The whole rehearsal. held: letters that do not go out, as sentences with their day; notes: what was assumed."""

    from_on: date
    to_on: date
    planned: Sequence[Planned]
    held: Sequence[tuple[date, str, str, str]] = ()
    notes: Sequence[str] = field(default=())

    @property
    def sent(self) -> int:
        """How many messages would go out."""
        return sum(each.sent for each in self.planned)


def planned_of(
    row: OutboxMessage, who: str, job: Job | None, day_reason: str, rules: Rules
) -> Planned | None:
    """A row of the copy's outbox; None for what nobody would miss, such as buttons taken off an old card."""
    content = Content.from_json(row.content)
    sent = row.status is OutboxStatus.SENT
    if content.replace or (content.file and not sent):  # an SMS leads to the document by itself
        return None
    channel = CHANNELS.get(row.channel, row.channel) if sent else _FATES.get(row.status, "待发")
    why = [day_reason or (job.about if job else ""), _delay(row, rules), _way(row)]
    at = row.settled_at or row.due_at
    return Planned(at, who, title_of(content), channel, "；".join(filter(None, why)), sent)


def title_of(content: Content) -> str:
    """A message in a few words."""
    if content.file:
        return f"附件 {content.file_name}"
    text = content.title or content.text.strip() or "提示短信"
    return text.splitlines()[0][:40]


def _way(row: OutboxMessage) -> str:
    """Why this channel, or why none; staff have only one."""
    return "" if row.recipient.startswith("staff:") and row.status is OutboxStatus.SENT else row.reason


def _delay(row: OutboxMessage, rules: Rules) -> str:
    """Why it goes later than it was made."""
    at = row.settled_at or row.due_at
    if (at - row.created_at).total_seconds() < _SECONDS:
        return ""
    quiet_from, quiet_until = rules.calendar.quiet_from, rules.calendar.quiet_until
    if next_allowed(row.created_at, quiet_from, quiet_until) != row.created_at:
        made = local(row.created_at)
        return f"{made:%m-%d %H:%M} 在免打扰时段（{quiet_from:%H:%M}–{quiet_until:%H:%M}），顺延"
    if row.purpose is Purpose.NOTICE:
        return "与给同一租户的另一封信错开一小时"
    return ""
