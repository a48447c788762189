"""Processes that come and go over one database and one set of phones, and what they leave behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select

from bot.config import Config
from models.clock import at_local
from models.database import Database
from models.fees.bill import Bill, BillKind, BillStatus
from models.messages.outbox import OutboxMessage
from models.people.tenant import Tenant
from scheduler import JOBS
from scheduler.registry import Job, JobCtx
from scheduler.runner import Runner
from tests.fakes.content import row_counts
from tests.fakes.world import Row, World, verify_talk

Snapshot = tuple[dict[str, int], tuple[tuple[str, str], ...]]


def moment(day: str, hour: int, minute: int = 0) -> datetime:
    """A time of the park in 2026, "03-26"."""
    return at_local(date.fromisoformat(f"2026-{day}"), hour, minute)


def another(world: World, config: Config, files: Path, at: datetime, db: Database | None = None) -> World:
    """Another process with the same phones; it begins at `at`."""
    process = World(db or world.db, config, files)
    process.platform.__dict__.update(world.platform.__dict__)
    process.clock.set(at)
    process.count = world.count + 10_000
    return process


async def snapshot(db: Database) -> Snapshot:
    """How many rows each table has, and every message with what became of it."""
    counts = await row_counts(db)
    del counts["job_run"]
    async with db.read() as session:
        mail = await session.execute(
            select(OutboxMessage.dedupe_key, OutboxMessage.status).order_by(OutboxMessage.dedupe_key)
        )
        return counts, tuple((key, str(status)) for key, status in mail)


@dataclass
class Watched:
    """The jobs, each noted when it runs; `changed`: those that did something."""

    runs: list[tuple[str, datetime]]
    changed: set[str]
    jobs: Sequence[Job]


def watched(world: World, *, twice: bool = False) -> Watched:
    """Puts jobs into the world that keep a list. twice: each run is done again at once and must then change nothing."""
    seen = Watched([], set(), ())

    def wrap(job: Job) -> Job:
        async def run(ctx: JobCtx) -> str:
            seen.runs.append((job.name, ctx.scheduled_for))
            before = await snapshot(world.db) if twice else None
            said = await job.function(ctx)
            if twice:
                await run_again(ctx, before)
            return said

        async def run_again(ctx: JobCtx, before: Snapshot | None) -> None:
            once = await snapshot(world.db)
            await job.function(ctx)
            assert await snapshot(world.db) == once, f"{job.name} {ctx.scheduled_for} did something twice"
            if once != before:
                seen.changed.add(job.name)

        return replace(job, function=run)

    seen.jobs = tuple(wrap(job) for job in JOBS)
    core = world.core
    world.engine.runner = Runner(core.db, seen.jobs, core.rules, core.calendar, "watched")
    return seen


READINGS = (
    "抄表\nA-1203 电 15340\nA-1203 水 112\nB-0305 电 15010\nB-0305 水 130\nC-0101 电 15500\nC-0101 水 120"
)
DRAFT: list[Row] = [
    ("liuyan", READINGS, "已记 6 条"),
    ("chenjing", "出账 3月", "合计"),
    ("chenjing", "[复核]", "已复核"),
]
APPROVAL: list[Row] = [("zhengwei", "[批准]", "已批准")]


async def issue_march(world: World) -> None:
    """The bills of March in the small park."""
    await verify_talk(world, [*DRAFT, *APPROVAL])


async def owe_for_february(db: Database) -> None:
    """Everybody in the small park is in debt; the 11th working day for it is Monday 2026-03-16."""
    async with db.begin() as session:
        for place, tenant in enumerate(await session.scalars(select(Tenant).order_by(Tenant.id)), start=1):
            session.add(
                Bill(
                    tenant_id=tenant.id, month="2026-02", kind=BillKind.OPENING, status=BillStatus.ISSUED,
                    number=f"QC202602-{place:04}", total_fen=100_000 * place, due_on=date(2026, 3, 13),
                )
            )  # fmt: skip
