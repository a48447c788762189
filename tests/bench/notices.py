"""Letters to many people over 微信客服 while one call in ten goes wrong: at the allowed rate, in order, in flat memory.

The clock is virtual: what is measured is how near the sending comes to the allowed rate, and what it costs us.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import func, select

from bot.channels import SmsChannel, WecomApp, WecomKf
from bot.channels.base import Channel
from bot.outbox import Outbox
from models.clock import VirtualClock
from models.database import Database, insert_many, insert_new
from models.messages.content import Content
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose, rows_of
from models.messages.send_count import SLICE, SLICES
from models.messages.window import Holder, KfWindow
from models.people.identity import Identity
from models.people.tenant import Contact, ContactRole, Tenant
from models.rules.sending import SendingRules
from tests.bench.databases import sqlite
from tests.bench.figure import Bench, Figure, peak_mb
from tests.bench.service import core_over
from tests.wire.strict_platform import MARK, SILENCES, Customer, StrictPlatform

START = datetime(2026, 3, 16, 2, 5, tzinfo=UTC)
FAULTS = 0.1
EACH = 4
MOST = 0.9
"""The last few wait for their second and third try, not for the rate."""
LEAST_RATIO, MOST_GROWTH = 0.9, 1.15


class Faulty(StrictPlatform):
    """Fails one call in ten, each time another way; keeps the order in which each person saw things."""

    seen: dict[str, list[int]]

    def _fault(self, api: str) -> int | str:
        del api
        return self.chance.choice((-1, 45033, *SILENCES)) if self.chance.random() < FAULTS else ""

    async def _kf(self, sent: dict[str, Any]) -> dict[str, Any]:
        answer = await super()._kf(sent)
        self.seen[sent["touser"]] += [int(mark) for mark in MARK.findall(sent["text"]["content"])]
        return answer


async def measure(bench: Bench) -> list[Figure]:
    """5,000 people with four letters each; a tenth of that without --full."""
    people = 5000 if bench.full else 500
    database = Database(sqlite(Path(bench.folder), "notices"), durable=False)
    await database.create_all()
    clock = VirtualClock(START)
    platform = Faulty(clock, random.Random(1))
    platform.seen = defaultdict(list)
    await fill(database, platform, people)
    outbox = outbox_over(database, platform, clock)
    count, cpu, half_mb, most_at = people * EACH, time.process_time(), 0.0, START
    while (done := await drain(database, outbox, clock)) is not None:
        half_mb = half_mb or (peak_mb() if done >= count // 2 else 0.0)
        most_at = clock.now() if done < MOST * count else most_at
    spent, minutes = time.process_time() - cpu, (most_at - START).total_seconds() / 60
    await check(database, platform, people)
    await database.close()
    return figures(count, minutes, spent, peak_mb() / half_mb, judged=bench.full)


def outbox_over(database: Database, platform: StrictPlatform, clock: VirtualClock) -> Outbox:
    """The real outbox with the shipped limits."""
    client: Any = platform
    channels = {"wecom": WecomApp(client, 1), "kf": WecomKf(client, "wk", clock), "sms": SmsChannel(client)}
    core = core_over(database, clock, SendingRules())
    return Outbox(core, cast("dict[str, Channel]", channels), cast("Any", None))


async def fill(database: Database, platform: StrictPlatform, people: int) -> None:
    """Everybody wrote an hour ago; the letters are due together."""
    wrote = START - timedelta(hours=1)
    async with database.begin() as session:
        session.add(Tenant(id=1, name="甲"))
        await session.flush()
        rows = [(n, 1, "某", "", ContactRole.HEAD, True, False, None) for n in range(1, people + 1)]
        columns = ("id", "tenant_id", "name", "mobile", "role", "active", "sms_refused", "mobile_dead_at")
        await insert_many(session, Contact, columns, rows)
        bound = [("kf", f"wm{n}", n, wrote, "登记", None) for n in range(1, people + 1)]
        await insert_many(
            session, Identity, ("channel", "account", "contact_id", "bound_at", "how", "stale_at"), bound
        )
        windows = [(f"wm{n}", wrote, 0, int(Holder.BOT), wrote) for n in range(1, people + 1)]
        await insert_many(
            session, KfWindow, ("account", "last_inbound_at", "sent", "state", "state_at"), windows
        )
        for k in range(EACH):
            letters = [
                row
                for n in range(1, people + 1)
                for row in rows_of(
                    f"n{n}:{k}", Content(text=f"通知 #{k}#"), recipient=f"contact:{n}", contact_id=n,
                    purpose=Purpose.NOTICE, now=START,
                )
            ]  # fmt: skip
            await insert_new(session, OutboxMessage, letters)
    platform.customers.update({f"wm{n}": Customer(wrote, state=1) for n in range(1, people + 1)})


async def drain(database: Database, outbox: Outbox, clock: VirtualClock) -> int | None:
    """Sends what may go now and moves on to what comes next; how many are sent, None when none is left."""
    await outbox.drain()
    async with database.read() as session:
        due = await session.scalar(
            select(func.min(OutboxMessage.due_at)).where(
                OutboxMessage.status == OutboxStatus.DUE, OutboxMessage.due_at > clock.now()
            )
        )
        sent = (
            select(func.count()).select_from(OutboxMessage).where(OutboxMessage.status == OutboxStatus.SENT)
        )
        if due is None:
            return None
        clock.set(due)
        return await session.scalar(sent) or 0


async def check(database: Database, platform: Faulty, people: int) -> None:
    """Raises RuntimeError unless everybody saw each letter once, in order, and no limit was broken."""
    sent = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.status == OutboxStatus.SENT)
    async with database.read() as session:
        known = await session.scalar(sent)
    orderly = sum(seen == list(range(EACH)) for seen in platform.seen.values())
    if (known, orderly, platform.broken) != (people * EACH, people, []):
        raise RuntimeError(f"{known} sent, {orderly} of {people} in order, broken: {platform.broken[:3]}")


def figures(count: int, minutes: float, spent_s: float, growth: float, *, judged: bool) -> list[Figure]:
    """Rate of the first nine tenths by the virtual clock, cost in CPU, growth of memory over the second half.

    judged: with few letters the slices of six seconds are too coarse for a verdict.
    """
    allowed = SendingRules().api_per_minute // SLICES * (60 / SLICE.total_seconds())
    rate = MOST * count / minutes
    return [
        Figure(
            "notices", "letters a minute beside what the platform allows, one call in ten failing", rate, "/min", allowed,
            rate / allowed, f"ratio ≥ {LEAST_RATIO}", rate / allowed >= LEAST_RATIO if judged else None,
        ),
        Figure("notices", "what a letter costs us, tries included", 1000 * spent_s / count, "ms CPU", memory_mb=peak_mb()),
        Figure(
            "notices", "most memory at the end beside the half", growth, "times", 1.0, 1 / growth,
            f"≤ {MOST_GROWTH}", growth <= MOST_GROWTH,
        ),
    ]  # fmt: skip
