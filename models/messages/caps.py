"""Limits of so many within so long, over a time that slides. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.messages.outbox import Purpose
from models.rules.sending import SendingRules

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `most` within `span`."""

    span: timedelta
    most: int


@dataclass(frozen=True, slots=True)
class Room:
    """free_at: None when one more may go now. words: how much of the tightest limit is used, for the operator."""

    free_at: datetime | None
    words: str


def sms_caps(purpose: Purpose, rules: SendingRules) -> tuple[Cap, ...]:
    """What one number may get; codes have limits of their own [domain §6]."""
    if purpose is Purpose.CODE:
        return (
            Cap(timedelta(minutes=1), rules.sms_code_per_minute),
            Cap(timedelta(hours=1), rules.sms_code_per_hour),
            Cap(DAY, rules.sms_code_per_day),
        )
    return (Cap(DAY, rules.sms_notice_per_day),)


def room(sent: Sequence[datetime], caps: Sequence[Cap], now: datetime) -> Room:
    """Whether one more may follow those that were sent at these instants, and else when."""
    newest_first = sorted(sent, reverse=True)
    free_at: datetime | None = None
    for cap in caps:
        if len(newest_first) >= cap.most and (at := newest_first[cap.most - 1] + cap.span) > now:
            free_at = max(free_at or at, at)
    longest = max(caps, key=lambda cap: cap.span)
    used = sum(at > now - longest.span for at in newest_first)
    hours = int(longest.span.total_seconds() // 3600)
    return Room(free_at, f"该号码 {hours} 小时内第 {used + 1}/{longest.most} 条")
