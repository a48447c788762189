"""What must hold of a week at the desk, asked of the database: no deadline unserved, none doubled, nobody disturbed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import select

from models.cases.case import Case, Deadline
from models.cases.inquiry_news import TALK
from models.cases.overdue import running_out
from models.cases.telling import quiet_over
from models.database import Database
from models.messages.inbox import InboxMessage
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.people.staff import Staff
from models.rules import Rules


async def unmet(db: Database, now: datetime, rules: Rules) -> list[str]:
    """What does not hold; nothing after a good week."""
    async with db.read() as session:
        deadlines = list(await session.scalars(select(Deadline)))
        late = list(await session.scalars(select(Deadline).where(running_out(now))))
        cases = {case.id: case for case in await session.scalars(select(Case))}
        sent = list(await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))
        heard = list(await session.scalars(select(InboxMessage).where(InboxMessage.channel == "kf")))
        staff = {member.userid: member for member in await session.scalars(select(Staff))}
    return [
        *[f"{cases[row.case_id].number} {row.kind}: due {row.due_at}, nobody was told" for row in late],
        *_unserved(deadlines, cases, sent),
        *_doubled(sent),
        *_disturbed(sent, heard, cases, staff, rules),
    ]


def _unserved(deadlines: list[Deadline], cases: dict[int, Case], sent: list[OutboxMessage]) -> list[str]:
    """Every clock that rang left a message that went out, or was withheld because it had been met meanwhile."""
    good = (OutboxStatus.SENT, OutboxStatus.WITHHELD)
    told = {row.guard for row in sent if row.status in good}
    rung = [row for row in deadlines if row.fired_at is not None and cases[row.case_id].workflow != "claim"]
    return [
        f"{cases[row.case_id].number} {row.kind} {row.level}: rang, but no message"
        for row in rung
        if f"deadline:{row.id}" not in told and row.dropped_at != row.fired_at
    ]


def _doubled(sent: list[OutboxMessage]) -> list[str]:
    """Nobody reads of the same clock twice."""
    seen = Counter(
        (row.recipient, row.guard)
        for row in sent
        if row.status is OutboxStatus.SENT and row.guard.startswith("deadline:")
    )
    return [
        f"{recipient}: {guard} said {count} times" for (recipient, guard), count in seen.items() if count > 1
    ]


def _disturbed(
    sent: list[OutboxMessage],
    heard: list[InboxMessage],
    cases: dict[int, Case],
    staff: dict[str, Staff],
    rules: Rules,
) -> list[str]:
    """In quiet hours only: answers, news to those on shift, and emergencies."""
    return [
        f"{row.recipient} at {row.settled_at}: {row.content.get('text', '')[:60]!r}"
        for row in sent
        if row.status is OutboxStatus.SENT
        and row.settled_at is not None
        and quiet_over(row.settled_at, rules) != row.settled_at
        and not _answers(row, heard)
        and not _on_shift(row, staff, rules)
        and not _burns(row, cases)
    ]


def _answers(row: OutboxMessage, heard: list[InboxMessage]) -> bool:
    """An answer to what the person just wrote, be it by a member within the hour, or the change of a card they can see."""
    if ":reply:" in row.dedupe_key or row.dedupe_key.startswith("card:"):
        return True
    return row.settled_at is not None and any(
        row.account == message.sender and timedelta(0) <= row.settled_at - message.received_at < TALK
        for message in heard
    )


def _on_shift(row: OutboxMessage, staff: dict[str, Staff], rules: Rules) -> bool:
    """Also in the minute in which the shift ends: then it hands over."""
    member = staff.get(row.recipient.removeprefix("staff:"))
    if member is None or row.settled_at is None:
        return False
    return any(member.on_shift(row.settled_at - timedelta(minutes=back), rules) for back in (0, 1))


def _burns(row: OutboxMessage, cases: dict[int, Case]) -> bool:
    kind, _, number = row.subject.partition(":")
    case = cases.get(int(number)) if kind == "case" and number.isdecimal() else None
    return case is not None and case.urgency == "emergency"
