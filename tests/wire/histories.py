"""Random histories of messages out, customers writing, time and faults: never over a limit, doubled or lost.

    python -m tests.wire.histories --count 1000 [--seed 1]

Each history is told by its seed alone; one that breaks a rule is named with it.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import structlog
from sqlalchemy import delete, select, update

from bot.channels import SmsChannel, WecomApp, WecomKf
from bot.channels.base import Channel
from bot.core import Core
from bot.files import FileStore
from bot.outbox import Outbox
from models.clock import VirtualClock
from models.database import Database
from models.messages.card import Card
from models.messages.content import Content, Sms
from models.messages.delivery_report import DeliveryReport
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose, enqueue
from models.messages.reports import SmsReport, bounced, take_reports
from models.messages.send_count import SendCount
from models.messages.send_pause import SendPause
from models.messages.waiting import wake_waiting
from models.messages.window import Holder, KfWindow, note_holder, note_inbound
from models.notices.delivery_step import DeliveryStep
from models.notices.notice import Notice
from models.people.identity import Identity, mark_stale
from models.people.staff import Staff
from models.people.tenant import Contact
from tests.store.fee_park import CALENDAR, MARCH, day
from tests.store.letters import RULES, contact, open_letters
from tests.wire.strict_platform import MARK, REFUSALS, SILENCES, Customer, StrictPlatform

START = day(4, 1)
STEPS = (6, 18)
_PURPOSES = (Purpose.UPDATE, Purpose.NOTICE, Purpose.NOTICE, Purpose.WORK)
_EMPTIED = (OutboxMessage, KfWindow, DeliveryStep, SendCount, SendPause, Card)
_RULES = RULES.model_copy(update={"roles": {**RULES.roles, "经理": frozenset({"ops.alarm"})}})
CHAT, BOTH, PHONE = "wmchat", "wmboth", ""


@dataclass(frozen=True)
class Person:
    """A contact with a letter. account: "" without a chat."""

    id: int
    account: str
    notice: str


class Stage:
    """One database for all histories, emptied before each."""

    def __init__(self, db: Database, people: list[Person]) -> None:
        self.db = db
        self.people = people

    async def empty(self) -> None:
        async with self.db.begin() as session:
            await session.execute(delete(DeliveryReport))
            for table in _EMPTIED:
                await session.execute(delete(table))
            await session.execute(update(Contact).values(mobile_dead_at=None))
            await session.execute(update(Identity).values(stale_at=None))
            await session.execute(update(Staff).values(stale_at=None))


async def open_stage(folder: Path) -> Stage:
    """Three tenants with a letter each: one by chat only, one by chat and SMS, one by SMS only."""
    db = Database(f"sqlite+aiosqlite:///{folder / 'histories.sqlite'}", durable=False)
    await db.create_all()
    park = await open_letters(db)
    for n, (name, account) in enumerate((("甲", CHAT), ("乙", BOTH), ("丙", PHONE)), 1):
        await park.lets(name, f"A-120{n}")
        await contact(
            park, name, f"{name}某", mobile="" if account == CHAT else f"1380001000{n}", account=account
        )
    await park.issue(MARCH, day(3, 26))
    async with db.read() as session:
        rows = await session.execute(select(Identity.contact_id, Identity.account))
        accounts = {number: account for number, account in rows}
        notices = {notice.tenant_id: notice.subject for notice in await session.scalars(select(Notice))}
        people = [
            Person(each.id, accounts.get(each.id, ""), notices[each.tenant_id])
            for each in await session.scalars(select(Contact).order_by(Contact.id))
        ]
    return Stage(db, people)


class History:
    """One history over the stage."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage = stage
        self.chance = random.Random(seed)
        self.clock = VirtualClock(START)
        self.platform = StrictPlatform(self.clock, self.chance)
        for person in stage.people:
            if person.account:
                self.platform.customers[person.account] = Customer(START - timedelta(days=9))
        core = Core(stage.db, self.clock, _RULES, CALENDAR, FileStore(Path()))
        client: Any = self.platform
        channels = {
            "wecom": WecomApp(client, 1), "kf": WecomKf(client, "wk", self.clock), "sms": SmsChannel(client),
        }  # fmt: skip
        self.outbox = Outbox(core, cast("dict[str, Channel]", channels), cast("Any", None))
        self.count = 0

    async def play(self) -> list[str]:
        """What was broken; empty when nothing was."""
        await self.stage.empty()
        acts = (
            self.say,
            self.say,
            self.say,
            self.burst,
            self.write,
            self.fault,
            self.fault,
            self.wait,
            self.human,
            self.carrier,
        )
        for _ in range(self.chance.randint(*STEPS)):
            await self.chance.choice(acts)()
        self.platform.faults.clear()
        await self.advance(timedelta(days=2))
        for person in self.stage.people:
            await self.write(person)
        await self.advance(timedelta(days=2))
        return self.platform.broken + await self.verdict()

    async def say(self, person: Person | None = None, purpose: Purpose | None = None) -> None:
        """News or a letter to a tenant, or work to the member."""
        person = person or self.chance.choice(self.stage.people)
        purpose = purpose or self.chance.choice(_PURPOSES)
        self.count += 1
        text = f"消息 #{self.count}#"
        async with self.stage.db.begin() as session:
            if purpose is Purpose.WORK:
                await enqueue(
                    session, f"h{self.count}", Content(text=text), recipient="staff:zhoumin", account="zhoumin",
                    purpose=purpose, now=self.clock.now(),
                )  # fmt: skip
                return
            sms = Sms("notice", (("code", str(self.count)),)) if purpose is Purpose.NOTICE else None
            await enqueue(
                session, f"h{self.count}", Content(text=text, sms=sms), recipient=f"contact:{person.id}",
                contact_id=person.id, purpose=purpose, now=self.clock.now(),
                subject=person.notice if purpose is Purpose.NOTICE else "",
            )  # fmt: skip

    async def burst(self) -> None:
        """Many at once, of one kind."""
        person, purpose = self.chance.choice(self.stage.people), self.chance.choice(_PURPOSES)
        for _ in range(self.chance.choice((4, 8, 35))):
            await self.say(person, purpose)

    async def write(self, person: Person | None = None) -> None:
        """A customer writes: what the inbox does with that."""
        person = person or self.chance.choice(self.stage.people)
        if not person.account:
            return
        customer = self.platform.customers[person.account]
        now = self.clock.now()
        lapsed = now - customer.wrote_at > timedelta(hours=48)
        customer.state = 0 if customer.state == Holder.ENDED or lapsed else customer.state
        customer.wrote_at, customer.sent = now, 0
        async with self.stage.db.begin() as session:
            window = await note_inbound(session, person.account, now)
            await mark_stale(session, person.account, None)
            if not window.is_human(now):
                await wake_waiting(session, f"contact:{person.id}", person.account, now)
        await self.settle()

    async def human(self) -> None:
        """A person of ours takes a conversation, or ends one; sometimes we are not told."""
        account = self.chance.choice((CHAT, BOTH))
        customer = self.platform.customers[account]
        customer.state = Holder.ENDED if customer.state == Holder.HUMAN else Holder.HUMAN
        if self.chance.random() < 0.7:
            async with self.stage.db.begin() as session:
                await note_holder(session, account, customer.state, self.clock.now())

    async def carrier(self) -> None:
        """The carrier reports what became of an SMS, more often that it failed; sometimes twice."""
        taken = select(OutboxMessage.provider_id).where(
            OutboxMessage.channel == "sms",
            OutboxMessage.status == OutboxStatus.SENT,
            OutboxMessage.delivered_at.is_(None),
        )
        async with self.stage.db.begin() as session:
            ids = list(await session.scalars(taken.order_by(OutboxMessage.id)))
            if not ids:
                return
            report = SmsReport(self.chance.choice(ids), self.chance.random() < 0.2, "MK:0001")
            await take_reports(session, [report] * self.chance.choice((1, 1, 2)), self.clock.now(), _RULES)
        await self.settle()

    async def fault(self) -> None:
        """The next calls fail, or the next KF message is not shown after all."""
        if self.chance.random() < 0.2:
            self.platform.bounce_next = True
            return
        api = self.chance.choice(list(REFUSALS))
        what = self.chance.choice((*REFUSALS[api], *SILENCES, *SILENCES))
        self.platform.faults[api].extend([what] * self.chance.choice((1, 1, 2, 4, 14)))

    async def wait(self) -> None:
        """Some time passes."""
        await self.advance(timedelta(minutes=self.chance.choice((0, 1, 5, 60, 600, 3000))))

    async def advance(self, by: timedelta) -> None:
        """Every due message is looked at in the order of time."""
        to = self.clock.now() + by
        while True:
            await self.settle()
            upcoming = await self._next()
            if upcoming is None or upcoming > to:
                break
            self.clock.set(upcoming)
        self.clock.set(to)
        await self.settle()

    async def _next(self) -> Any:
        due = select(OutboxMessage.due_at).where(OutboxMessage.status == OutboxStatus.DUE)
        async with self.stage.db.read() as session:
            later = due.where(OutboxMessage.due_at > self.clock.now()).order_by(OutboxMessage.due_at).limit(1)
            return await session.scalar(later)

    async def settle(self) -> None:
        """Sends what is due, and hears what could not be shown."""
        await self.outbox.drain()
        while self.platform.bounces:
            msgid, _ = self.platform.bounces.pop()
            async with self.stage.db.begin() as session:
                await bounced(session, msgid, "没有显示", self.clock.now())
            await self.outbox.drain()

    async def verdict(self) -> list[str]:
        """Doubled or lost messages, and letters without an end."""
        async with self.stage.db.read() as session:
            rows = list(await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))
            visits = {f"notice:{number}" for number in await session.scalars(select(DeliveryStep.notice_id))}
        shown = self.platform.shown
        wrong = [
            f"shown twice over {channel}: {mark}"
            for channel, marks in shown.items()
            for mark, times in marks.items()
            if times > 1
        ]
        reached = {row.subject for row in rows if row.status is OutboxStatus.SENT}
        for row in rows:
            if row.status in (OutboxStatus.DUE, OutboxStatus.LEASED):
                wrong.append(f"no end: {row.told}")
            elif row.status is OutboxStatus.SENT:
                marks = MARK.findall(str(row.content.get("text", "")))
                kind = shown[row.channel]
                wrong += [
                    f"lost: {row.told}" for mark in marks if row.dedupe_key[0] == "h" and not kind[mark]
                ]
            elif not row.reason:
                wrong.append(f"without a reason: {row.told}")
            given_up = row.status in (OutboxStatus.DEAD, OutboxStatus.UNKNOWN)
            if row.purpose is Purpose.NOTICE and given_up and row.subject not in visits | reached:
                wrong.append(f"nobody was asked: {row.told}")
        return wrong


async def run(folder: Path, seeds: Iterable[int]) -> tuple[int, list[str]]:
    """How many messages were said, and what was broken, by seed."""
    stage = await open_stage(folder)
    said, wrong = 0, list[str]()
    for seed in seeds:
        history = History(stage, seed)
        wrong += [f"seed {seed}: {fault}" for fault in await history.play()]
        said += history.count
    await stage.db.close()
    return said, wrong


def main() -> int:
    """1 when a history broke a rule."""
    parser = argparse.ArgumentParser(prog="python -m tests.wire.histories", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1, help="of the first history")
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        said, wrong = asyncio.run(run(Path(folder), range(chosen.seed, chosen.seed + chosen.count)))
    print("\n".join(wrong[:20]))
    print(
        f"{chosen.count} histories, {said} messages, {len(wrong)} faults, {time.perf_counter() - began:.0f} s"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
