"""The simulator's own record of what people saw, held against what must have been."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from sqlalchemy import func, select

from bot.file_check import damaged_files
from bot.files import FileStore
from models.audit.entry import first_break
from models.fees.account import books_balance
from models.fees.bill import Bill, BillKind, BillStatus
from models.messages.inbox import InboxMessage, InboxStatus
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.notices.notice import Notice, NoticeKind
from scheduler import JOBS
from scheduler.runner import Due, Runner
from tests.chaos.flows import Park
from tests.chaos.stage import Stage
from tests.chaos.windows import closed_too_early

_MAKE_UP = timedelta(minutes=12)
_NO_LOSS = ("duplicate", "msgid used before", "wrong number")
"""What the platform did not show again because it had shown it, and numbers of the park that belong to nobody."""
_UNANSWERED = "not answered with 200"
_EXPECTED = ("没有可用的渠道", "短信未送达")
"""Whoever can not be reached gets a visit: that is no loss."""


@dataclass
class Verdict:
    """Sentences on what is wrong, by kind; all empty in a sound run. shown: how many things people saw."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    shown: int = 0

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.doubled or self.unbalanced or self.other)

    def add(self, kind: list[str], sentences: Iterable[str]) -> None:
        """More of one kind."""
        kind += sentences


async def judge(stage: Stage, park: Park, session: aiohttp.ClientSession) -> Verdict:
    """Everything there is to hold against each other; nothing may be under way."""
    verdict = Verdict()
    await _wire(verdict, stage, session)
    await _work(verdict, stage, park, session)
    await _money(verdict, stage, park)
    await _machinery(verdict, stage)
    return verdict


async def _phones(stage: Stage, session: aiohttp.ClientSession) -> dict[str, list[dict[str, Any]]]:
    async with session.get(f"{stage.simulator}/sim/people") as answer:
        people = await answer.json()
    found = {}
    for person in people:
        async with session.get(f"{stage.simulator}/sim/people/{person['id']}/phone") as answer:
            found[person["id"]] = await answer.json()
    return found


async def _ledger(stage: Stage, session: aiohttp.ClientSession) -> list[dict[str, Any]]:
    async with session.get(f"{stage.simulator}/sim/ledger") as answer:
        lines: list[dict[str, Any]] = await answer.json()
        return lines


async def _wire(verdict: Verdict, stage: Stage, session: aiohttp.ClientSession) -> None:
    """Each message that was sent is on a phone once, and nothing else is there."""
    seen: Counter[tuple[str, str]] = Counter()
    phones = await _phones(stage, session)
    verdict.add(verdict.other, await closed_too_early(stage, phones, await _ledger(stage, session)))
    for person, entries in phones.items():
        own = [entry for entry in entries if entry["from"] == "bot"]
        seen.update((person, entry["channel"]) for entry in own if entry["channel"] != "sms")
        repeated = Counter(entry["text"] for entry in own if _is_own(entry["text"]))
        verdict.add(
            verdict.doubled, (f"{person} saw {n} times: {text[:60]}" for text, n in repeated.items() if n > 1)
        )
    verdict.shown = sum(seen.values())
    async with stage.db.read() as rows:
        sent = await rows.execute(
            select(OutboxMessage.address, OutboxMessage.channel, func.count())
            .where(OutboxMessage.status == OutboxStatus.SENT, OutboxMessage.channel != "sms")
            .where(OutboxMessage.content["replace"].as_string().is_(None))
            .group_by(OutboxMessage.address, OutboxMessage.channel)
        )
        said = Counter({(address.removeprefix("wm"), channel): n for address, channel, n in sent})
    doubts = await _withheld_in_doubt(stage)
    for key in {*seen, *said}:
        if not said[key] <= seen[key] <= said[key] + doubts[key]:
            kind = verdict.lost if seen[key] < said[key] else verdict.doubled
            tried = await _tried_in_vain(stage, *key)
            kind.append(f"{key}: {said[key]} sent, {seen[key]} on the phone; not counted as sent: {tried}")


async def _withheld_in_doubt(stage: Stage) -> Counter[tuple[str, str]]:
    """Messages that may have been shown before the facts changed and nobody wanted them any more; each says so."""
    async with stage.db.read() as rows:
        found = await rows.execute(
            select(OutboxMessage.address, OutboxMessage.channel, func.count())
            .where(OutboxMessage.status == OutboxStatus.WITHHELD, OutboxMessage.reason.contains("可能已送达"))
            .group_by(OutboxMessage.address, OutboxMessage.channel)
        )
        return Counter({(address.removeprefix("wm"), channel): n for address, channel, n in found})


async def _tried_in_vain(stage: Stage, person: str, channel: str) -> list[str]:
    """Messages to somebody that went on their way and are not held for sent."""
    async with stage.db.read() as rows:
        found = await rows.execute(
            select(
                OutboxMessage.dedupe_key, OutboxMessage.status, OutboxMessage.attempts, OutboxMessage.reason
            )
            .where(OutboxMessage.address.in_([person, f"wm{person}"]), OutboxMessage.channel == channel)
            .where(OutboxMessage.status != OutboxStatus.SENT, OutboxMessage.attempts > 0)
        )
        return [f"{key} {status} after {n}: {reason}" for key, status, n, reason in found]


def _is_own(text: str) -> bool:
    """Texts that can only be said once: they confirm one report or one payment."""
    return "已登记 R" in text or "已入账" in text


async def _work(verdict: Verdict, stage: Stage, park: Park, session: aiohttp.ClientSession) -> None:
    """Every report became one order of its own; nobody was left without an answer."""
    if len(set(park.reports)) != len(park.reports):
        verdict.doubled.append(f"one order for two reports: {park.reports}")
    lines = [line for line in await _ledger(stage, session) if not line["delivered"]]
    kept = await _kept(stage)
    swallowed = [
        line
        for line in lines
        if line["why"] not in _NO_LOSS and not (line["why"] == _UNANSWERED and line["key"] in kept)
    ]
    verdict.add(
        verdict.lost,
        (
            f"{line['api']} to {line['to']}: {line['why']}"
            for line in swallowed
            if line["api"] != "sms/report"
        ),
    )
    async with stage.db.read() as rows:
        waiting = await rows.execute(
            select(InboxMessage.id, InboxMessage.error).where(InboxMessage.status != InboxStatus.DONE)
        )
        verdict.add(verdict.lost, (f"message {n} not handled: {error}" for n, error in waiting))
        stuck = await rows.execute(
            select(OutboxMessage.dedupe_key, OutboxMessage.status, OutboxMessage.reason).where(
                OutboxMessage.status.in_([OutboxStatus.UNKNOWN, OutboxStatus.LEASED, OutboxStatus.DEAD]),
                # A greeting has twenty seconds; after them nobody misses it.
                OutboxMessage.purpose != Purpose.WELCOME,
            )
        )
        verdict.add(
            verdict.lost,
            (
                f"{key} {status}: {reason}"
                for key, status, reason in stuck
                if status is not OutboxStatus.DEAD or not reason.startswith(_EXPECTED)
            ),
        )


async def _kept(stage: Stage) -> set[str]:
    """What callbacks were answered too late but stored: messages by their id. A tap has none; who made it waits for what
    it does.
    """
    async with stage.db.read() as rows:
        return {"", *await rows.scalars(select(InboxMessage.key).where(InboxMessage.channel == "wecom"))}


async def _money(verdict: Verdict, stage: Stage, park: Park) -> None:
    """The books add up; what was confirmed to the cashier is there once; each bill has one letter."""
    async with stage.db.read() as session:
        verdict.add(verdict.unbalanced, await books_balance(session))
        twice = await session.execute(
            select(Bill.tenant_id, Bill.month)
            .where(Bill.kind == BillKind.MONTH, Bill.status == BillStatus.ISSUED)
            .group_by(Bill.tenant_id, Bill.month)
            .having(func.count() > 1)
        )
        verdict.add(verdict.doubled, (f"tenant {tenant}: two bills of {month}" for tenant, month in twice))
        bills = await session.scalar(
            select(func.count()).where(Bill.kind == BillKind.MONTH, Bill.status == BillStatus.ISSUED)
        )
        letters = await session.scalar(select(func.count()).where(Notice.kind == NoticeKind.PAYMENT))
    if bills != letters:
        verdict.lost.append(f"{bills} bills, {letters} letters")
    payments, _ = await park.counted()
    if payments != len(park.payments) or len(set(park.payments)) != payments:
        verdict.unbalanced.append(f"{len(park.payments)} payments confirmed, {payments} in the books")


async def owed_runs(stage: Stage, at: datetime) -> list[Due]:
    """Scheduled runs that should have happened by then and have not."""
    rules, calendar = stage.config.rules(), stage.config.working_calendar()
    return await Runner(stage.db, JOBS, rules, calendar, "judge")._owed(at)


async def _machinery(verdict: Verdict, stage: Stage) -> None:
    """Jobs are made up, the chain holds, every document is what it was."""
    async with stage.db.read() as session:
        broken = await first_break(session)
    if broken is not None:
        verdict.other.append(f"the audit chain breaks at {broken}")
    owed = await owed_runs(stage, stage.clock.now() - _MAKE_UP)
    verdict.add(verdict.lost, (f"{due.job.name} of {due.scheduled_for} was not run" for due in owed))
    files = FileStore(stage.folder / "files")
    verdict.add(verdict.other, await damaged_files(stage.db, files))
