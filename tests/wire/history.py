"""One random history: messages out, customers writing and signing, faults, reports, deaths of the process, and time.

Told by its seed alone. Most are short: what breaks a rule mostly breaks it within a few steps.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from bot.channels import SmsChannel, WecomApp, WecomKf
from bot.channels.base import Channel
from bot.core import Core
from bot.files import FileStore
from bot.outbox import Outbox
from models.clock import VirtualClock
from models.database import insert_new
from models.messages.content import Content, Sms
from models.messages.outbox import OutboxMessage, Purpose, rows_of
from models.messages.reports import bounced, take_reports
from models.messages.waiting import wake_waiting
from models.messages.window import Holder, KfWindow, note_holder, opened
from models.notices.notice import Notice
from models.notices.signing import Proof, Signer, sign
from models.people.identity import mark_stale
from models.people.tenant import Contact
from tests.store.fee_park import CALENDAR, day
from tests.store.letters import RULES
from tests.wire.history_stage import BOTH, CHAT, Person, Stage
from tests.wire.history_verdict import verdict
from tests.wire.strict_platform import (
    REFUSALS,
    SILENCES,
    Bounce,
    Customer,
    Died,
    Event,
    StrictPlatform,
)

START = day(4, 1)
MEAN_STEPS, MOST_STEPS = 4, 18
_PURPOSES = (Purpose.UPDATE, Purpose.NOTICE, Purpose.NOTICE, Purpose.WORK, Purpose.REPLY)
_RULES = RULES.model_copy(update={"roles": {**RULES.roles, "经理": frozenset({"ops.alarm"})}})


class History:
    """One history over the stage. Also for tests that say what happens themselves."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage = stage
        self.chance = random.Random(seed)
        self.clock = VirtualClock(START)
        self.platform = StrictPlatform(self.clock, self.chance)
        self.platform.tell = self.hear
        for person in stage.people:
            if person.account:
                self.platform.customers[person.account] = Customer(START - timedelta(days=9))
        self.outbox = self._process()
        self.count = self.deaths = 0
        self._strangers: set[asyncio.Task[Any]] = set()
        """What ran on this loop before us: a browser's, in the suite."""

    def _process(self) -> Outbox:
        core = Core(self.stage.db, self.clock, _RULES, CALENDAR, FileStore(Path()))
        client: Any = self.platform
        channels = {
            "wecom": WecomApp(client, 1), "kf": WecomKf(client, "wk", self.clock), "sms": SmsChannel(client),
        }  # fmt: skip
        return Outbox(core, cast("dict[str, Channel]", channels), cast("Any", None))

    async def play(self) -> list[str]:
        """What was broken; empty when nothing was."""
        self._strangers = asyncio.all_tasks()
        self.stage.empty()
        acts: Sequence[Callable[[], Awaitable[object]]] = (
            self.say, self.say, self.say, self.say, self.burst, self.write, self.write, self.fault, self.fault,
            self.wait, self.wait, self.human, self.sign, self.doom,
        )  # fmt: skip
        steps = min(MOST_STEPS, 2 + int(self.chance.expovariate(1 / MEAN_STEPS)))
        for act in self.chance.choices(acts, k=steps):
            await act()
        return await self.end()

    async def end(self) -> list[str]:
        """All is well again and time goes by; who is still waited for writes. Then the verdict."""
        self.platform.faults.clear()
        await self.advance(timedelta(days=2))
        waiting = {who for (who,) in self.stage.rows("SELECT recipient FROM outbox WHERE status = 'waiting'")}
        for person in self.stage.people:
            if waiting & {f"contact:{person.id}", f"kf:{person.account}"}:
                await self.write(person)
        await self.advance(timedelta(days=2))
        self.stage.db.commit_hook = None
        return self.platform.broken + verdict(self.stage, self.platform.shown, self.count)

    async def mortal(self, work: Callable[[], Awaitable[object]]) -> None:
        """Does it; when the process dies over it another does it again, as whoever was not answered asks for it again."""
        try:
            await work()
        except Died:
            await self.restart()
            await self.mortal(work)

    async def restart(self) -> None:
        """Whatever else the process was at has no effect any more; another starts over the same database."""
        self.deaths += 1
        self.stage.db.commit_hook, self.platform.dead = _dead, True
        while others := asyncio.all_tasks() - {asyncio.current_task()} - self._strangers:
            await asyncio.gather(*others, return_exceptions=True)
        self.stage.db.commit_hook, self.platform.dead = None, False
        self.outbox = self._process()

    async def doom(self) -> None:
        """Before or after one of the next commits, or when the next message has been taken, the process dies."""
        if self.chance.random() < 0.3:
            self.platform.die_next = True
            return
        left = self.chance.randint(1, 12)

        def hook(_side: str) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                self.stage.db.commit_hook = None
                raise Died

        self.stage.db.commit_hook = hook

    async def say(self, person: Person | None = None, purpose: Purpose | None = None, times: int = 1) -> None:
        """News, letters or an answer to a tenant, or work to the member."""
        person = person or self.chance.choice(self.stage.people)
        purpose = purpose or self.chance.choice(_PURPOSES)
        rows = [row for _ in range(times) for row in self._message(person, purpose)]

        async def insert() -> None:
            async with self.stage.db.begin() as session:
                await insert_new(session, OutboxMessage, rows)

        await self.mortal(insert)

    def _message(self, person: Person, purpose: Purpose) -> list[dict[str, Any]]:
        self.count += 1
        key, text, now = f"h{self.count}", f"消息 #{self.count}#", self.clock.now()
        if purpose is Purpose.WORK:
            return rows_of(
                key,
                Content(text=text),
                recipient="staff:zhoumin",
                account="zhoumin",
                purpose=purpose,
                now=now,
            )
        if purpose is Purpose.REPLY and person.account and self.chance.random() < 0.3:
            # Before it was known whose the account is.
            return rows_of(
                key, Content(text=text), recipient=f"kf:{person.account}", account=person.account, purpose=purpose,
                now=now,
            )  # fmt: skip
        letter = self.chance.choice(person.letters) if purpose is Purpose.NOTICE else ""
        guarded = letter and self.chance.random() < 0.3
        return rows_of(
            key, Content(text=text, sms=Sms("notice", (("code", str(self.count)),)) if letter else None),
            recipient=f"contact:{person.id}", contact_id=person.id, purpose=purpose, now=now, subject=letter,
            guard=letter.replace("notice", "unsigned") if guarded else "",
        )  # fmt: skip

    async def burst(self) -> None:
        """Many at once, of one kind."""
        await self.say(times=self.chance.choice((2, 3, 4, 4, 6, 8, 8, 35)))

    async def write(self, person: Person | None = None) -> None:
        """A customer writes: what the inbox does with that."""
        person = person or self.chance.choice(self.stage.people)
        if not person.account:
            return
        customer, now = self.platform.customers[person.account], self.clock.now()
        lapsed = now - customer.wrote_at > timedelta(hours=48)
        customer.state = 0 if customer.state == Holder.ENDED or lapsed else customer.state
        customer.wrote_at, customer.sent = now, 0

        async def handle() -> None:
            async with self.stage.db.begin() as session:
                window = await opened(
                    session, await session.get(KfWindow, person.account), person.account, now
                )
                await mark_stale(session, person.account, None)
                if not window.is_human(now):
                    await wake_waiting(session, f"contact:{person.id}", person.account, now)

        await self.mortal(handle)
        await self.settle()

    async def sign(self) -> None:
        """Somebody signs for a letter."""
        person = self.chance.choice(self.stage.people)
        number, now = int(self.chance.choice(person.letters).removeprefix("notice:")), self.clock.now()

        async def handle() -> None:
            async with self.stage.db.begin() as session:
                notice, contact = (
                    await session.get_one(Notice, number),
                    await session.get_one(Contact, person.id),
                )
                await sign(session, notice, Signer.of(contact), Proof("微信", f"s{number}", {}), now)

        await self.mortal(handle)

    async def human(self) -> None:
        """A person of ours takes a conversation, or ends one; sometimes we are not told."""
        account = self.chance.choice((CHAT, BOTH))
        customer = self.platform.customers[account]
        customer.state = Holder.ENDED if customer.state == Holder.HUMAN else Holder.HUMAN
        if self.chance.random() < 0.3:
            return

        async def handle() -> None:
            async with self.stage.db.begin() as session:
                await note_holder(session, account, customer.state, self.clock.now())

        await self.mortal(handle)

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
        """Everything due is done in the order of time."""
        to = self.clock.now() + by
        await self.settle()
        while (upcoming := self._next()) and upcoming <= to:
            self.clock.set(upcoming)
            await self.settle()
        self.clock.set(to)
        await self.settle()

    def _next(self) -> datetime | None:
        instants = [at for at, _ in self.platform.events if at > self.clock.now()]
        return min([*instants, *filter(None, [self.stage.next_due(self.clock.now())])], default=None)

    async def settle(self) -> None:
        """Sends what is due, and hears what is told."""
        taken = 1

        async def send() -> None:
            nonlocal taken
            taken = 1  # where the process dies there may be more
            taken = await self.outbox.drain(1)

        while taken:
            for event in self._due_events():
                await self.mortal(lambda event=event: self.hear(event))
            taken = 0
            if self.stage.is_due(self.clock.now()):
                await self.mortal(send)

    def _due_events(self) -> list[Event]:
        now = self.clock.now()
        due = [event for at, event in self.platform.events if at <= now]
        self.platform.events = [(at, event) for at, event in self.platform.events if at > now]
        return due

    async def hear(self, event: Event) -> None:
        """A callback of the platform or of the gateway, now and then twice."""
        for _ in range(self.chance.choice((1, 1, 1, 2))):
            async with self.stage.db.begin() as session:
                if isinstance(event, Bounce):
                    await bounced(session, event.msgid, "没有显示", self.clock.now())
                else:
                    await take_reports(session, [event], self.clock.now(), _RULES)


def _dead(_side: str) -> None:
    """Nothing is committed by who is dead."""
    raise Died
