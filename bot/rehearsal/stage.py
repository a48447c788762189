"""The real jobs and queues over the copy, on a virtual clock, with each message marked by the job it comes from."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import func, select, update

from bot.core import Core
from bot.engine import Engine
from bot.files import FileStore
from bot.inbox import Inbox
from bot.kf_reader import KfReader
from bot.outbox import Outbox
from bot.rehearsal.recorder import NoFiles, Recorder, fetch_nothing
from handlers.dispatch import Dispatcher
from models.calendar.working_days import Calendar
from models.clock import VirtualClock, local_date
from models.database import Database
from models.fees.bill import unpaid_bills
from models.fees.pause import running_pauses
from models.messages.inbox import WAITS, InboxMessage, InboxStatus
from models.messages.outbox import OutboxMessage
from models.notices.dunning_day import overdue_tenants
from models.notices.dunning_letter import due_step
from models.people.tenant import Tenant
from models.rules import Rules
from scheduler import JOBS
from scheduler.registry import Job, JobCtx
from scheduler.runner import Runner

DUNNING = "dunning.daily"


@dataclass(frozen=True, slots=True)
class Held:
    """A letter that would be due but for a promise, a dispute or staff."""

    on: date
    tenant: str
    letter: str
    why: str
    until_on: date


@dataclass(slots=True)
class Stage:
    """Everything a rehearsal plays with. origins: outbox id → job; held: by pause."""

    core: Core
    clock: VirtualClock
    engine: Engine
    origins: dict[int, Job] = field(default_factory=dict)
    held: dict[int, Held] = field(default_factory=dict)

    @classmethod
    async def set_up(
        cls, copy: Database, start: datetime, rules: Rules, calendar: Calendar, folder: Path
    ) -> Stage:
        """The engine over recorders only. Messages nobody has handled yet stay unhandled: nobody answers in a rehearsal."""
        async with copy.begin() as session:
            await session.execute(update(InboxMessage).where(WAITS).values(status=InboxStatus.DONE))
        clock = VirtualClock(start)
        core = Core(copy, clock, rules, calendar, FileStore(folder / "files"))
        channels = {name: Recorder(name) for name in ("wecom", "kf", "sms")}
        inbox = Inbox(core, Dispatcher(()), fetch_nothing)
        reader = KfReader(core, cast("Any", channels["kf"]), "", inbox.wake.set)
        stage = cls(core, clock, cast("Any", None))
        jobs = [replace(job, function=stage._watched(job)) for job in JOBS]
        runner = Runner(copy, jobs, rules, calendar, secrets.token_hex(8))
        stage.engine = Engine(core, reader, inbox, Outbox(core, channels, NoFiles()), runner)
        return stage

    def _watched(self, job: Job) -> Any:
        """The job's function; afterwards its messages are known as its own."""

        async def function(ctx: JobCtx) -> str:
            before = await self._newest()
            said = await job.function(ctx)
            for number in range(before + 1, await self._newest() + 1):
                self.origins.setdefault(number, job)
            if job.name == DUNNING:
                await self._note_held(ctx)
            return said

        return function

    async def _newest(self) -> int:
        async with self.core.db.read() as session:
            return await session.scalar(select(func.max(OutboxMessage.id))) or 0

    async def _note_held(self, ctx: JobCtx) -> None:
        """Whose letter a pause holds back today; each pause is noted once."""
        today = local_date(ctx.now)
        async with self.core.db.read() as session:
            for tenant_id in await overdue_tenants(session, today):
                pauses = await running_pauses(session, tenant_id, today)
                if not pauses or pauses[0].id in self.held:
                    continue
                bills = await unpaid_bills(session, tenant_id)
                step = await due_step(session, tenant_id, bills, today, ctx.rules, ctx.calendar, paused=False)
                if step:
                    tenant = await session.get_one(Tenant, tenant_id)
                    why = f"{pauses[0].kind}{pauses[0].number}：{pauses[0].reason}"
                    self.held[pauses[0].id] = Held(
                        today, tenant.name, step.rung.name, why, pauses[0].until_on
                    )
