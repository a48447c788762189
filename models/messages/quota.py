"""What may still be sent at this moment, asked within the transaction that takes the messages up.

The messages themselves are the ledger: what was taken by the provider, and what may have been. Nothing is counted
beside them but whole days and slices of minutes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.caps import DAY, Room, room, sms_caps
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.messages.send_count import Span, count, locked_counts, spans_at
from models.rules.sending import SendingRules

_GONE = (OutboxStatus.SENT, OutboxStatus.UNKNOWN, OutboxStatus.DEAD)
_SOON = timedelta(seconds=20)
_LATER = timedelta(minutes=2)


class Quota:
    """The limits as they stand now; open it with `open_quota`, `close` it before the transaction ends."""

    def __init__(
        self,
        session: AsyncSession,
        now: datetime,
        rules: SendingRules,
        spans: dict[str, tuple[Span, ...]],
        counts: dict[str, int],
        members: dict[str, tuple[int, int]],
    ) -> None:
        self._session = session
        self._now = now
        self._rules = rules
        self._spans = spans
        self._counts = counts
        self._members = members
        self._taken: Counter[str] = Counter()

    def member(self, userid: str) -> Room:
        """Beyond its limits WeCom drops a message to a member silently (WeCom 90454)."""
        hour, minute = self._members.get(userid, (0, 0))
        rules = self._rules
        words = f"近 1 分钟第 {minute + 1}/{rules.member_per_minute} 条，近 1 小时第 {hour + 1}/{rules.member_per_hour} 条"
        if hour >= rules.member_per_hour:
            return Room(self._now + _LATER, words)
        return Room(self._now + _SOON if minute >= rules.member_per_minute else None, words)

    async def number(self, mobile: str, purpose: Purpose, row_id: int) -> Room:
        """Providers refuse what exceeds the limits of one number, whoever shares it; refused and failed ones count."""
        since = self._now - DAY
        codes = OutboxMessage.purpose == Purpose.CODE
        rows = await self._session.execute(
            select(OutboxMessage.settled_at, OutboxMessage.in_doubt_since)
            .where(OutboxMessage.channel == "sms", OutboxMessage.address == mobile)
            .where(codes if purpose is Purpose.CODE else ~codes, OutboxMessage.id != row_id)
            .where(
                or_(
                    and_(OutboxMessage.settled_at > since, OutboxMessage.status.in_(_GONE)),
                    OutboxMessage.in_doubt_since > since,
                )
            )
        )
        sent = [max(filter(None, instants)) for instants in rows]
        return room(sent, sms_caps(purpose, self._rules), self._now)

    def take(self, channel: str) -> datetime | None:
        """Takes one of what the channel may send now; else when to ask again."""
        spans = self._spans.get(channel, ())
        full = [span.until for span in spans if self._used(span) >= span.most]
        if full:
            return max(full)
        self._taken.update(span.key for span in spans)
        return None

    async def close(self) -> None:
        """Writes down what was taken; before that nothing is, for each change would be a statement of its own."""
        for key, taken in self._taken.items():
            await count(self._session, key, taken)
            self._counts[key] += taken
        self._taken.clear()

    def _used(self, span: Span) -> int:
        return self._counts[span.key] + self._taken[span.key]


async def open_quota(
    session: AsyncSession, userids: Collection[str], now: datetime, rules: SendingRules
) -> Quota:
    """The quota for one lot of messages, of which these members get some. Held until the transaction ends."""
    spans = spans_at(now, rules.app_accounts, rules.api_per_minute)
    counts = await locked_counts(session, [span for each in spans.values() for span in each], now)
    return Quota(session, now, rules, spans, counts, await _members(session, userids, now))


async def _members(
    session: AsyncSession, userids: Collection[str], now: datetime
) -> dict[str, tuple[int, int]]:
    """Messages of the last hour and of the last minute, by member. Changes of cards are no messages (WeCom 90454)."""
    if not userids:
        return {}
    minute, hour = now - timedelta(minutes=1), now - timedelta(hours=1)
    rows = await session.execute(_SENT, {"to": sorted(userids), "minute_ago": minute, "hour_ago": hour})
    return {address: (in_hour, in_minute) for address, in_hour, in_minute in rows}


_SENT = (
    select(
        OutboxMessage.address,
        func.count(),
        func.count().filter(OutboxMessage.settled_at > bindparam("minute_ago")),
    )
    .where(OutboxMessage.channel == "wecom", OutboxMessage.address.in_(bindparam("to", expanding=True)))
    .where(OutboxMessage.dedupe_key.not_like("card:%:closed"))
    .where(OutboxMessage.settled_at > bindparam("hour_ago"), OutboxMessage.status.in_(_GONE))
    .group_by(OutboxMessage.address)
)
