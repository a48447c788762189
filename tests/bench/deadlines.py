"""Ten thousand clocks of claims that run out in the same minute, fired by one process."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import func, insert, select

from models.cases.case import Case, Deadline
from models.claims.claim import Claim
from models.claims.duty import ClaimDuty, DutyKind
from models.database import Database
from models.messages.outbox import OutboxMessage
from models.people.staff import Staff
from models.rules import Rules, Shift
from scheduler.deadlines import fire_due
from tests.bench.databases import sqlite
from tests.bench.figure import Bench, Figure, peak_mb

NOW = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
WITHIN_S, OF = 60, 10_000
_ROLES = {"保安": frozenset({"claim.work"}), "客服经理": frozenset({"claim.work", "claim.lead"})}
RULES = Rules(roles=_ROLES, shifts={"all": Shift(weekdays=(1, 2, 3, 4, 5, 6, 7), start=time(0), end=time(0))})
PEOPLE = (("客户服务部", "客服经理"), ("客户服务部", "保安"), ("保安部", "保安"), ("保安部", "保安"))
"""All of them are told of each clock."""


async def measure(bench: Bench) -> list[Figure]:
    """The clocks of so many claims, each of which tells those who have to act."""
    size = OF if bench.full else OF // 10
    database = Database(sqlite(Path(bench.folder), "deadlines"))
    await database.create_all()
    await build(database, size)
    began = perf_counter()
    fired = await fire_due(database, NOW, RULES)
    seconds = perf_counter() - began
    async with database.read() as session:
        said = await session.scalar(select(func.count()).select_from(OutboxMessage)) or 0
    await database.close()
    if fired != size or said != len(PEOPLE) * size:
        raise RuntimeError(f"{fired} fired, {said} messages")
    limit = WITHIN_S * size / OF
    return [
        Figure(
            section="deadlines", name=f"{size:,} clocks due at once, {said:,} messages", value=seconds, unit="s",
            limit=limit, ratio=limit / seconds, target=f"≤ {WITHIN_S} s for {OF:,}", met=seconds <= limit,
            memory_mb=peak_mb(),
        )
    ]  # fmt: skip


async def build(database: Database, size: int) -> None:
    """A lead, three others, and claims whose time to tell the insurer is over."""
    people = [
        {"id": n, "userid": f"u{n}", "name": f"员工{n}", "department": department, "roles": [role], "shift": "all"}
        for n, (department, role) in enumerate(PEOPLE, start=1)
    ]  # fmt: skip
    ids, due_at = range(1, size + 1), NOW - timedelta(seconds=30)
    await _insert(database, Staff, people)
    await _insert(database, Case, [_case(n) for n in ids])
    await _insert(database, Claim, [_claim(n) for n in ids])
    duties = [
        {"id": n, "claim_id": n, "kind": DutyKind.INSURER, "department": "保安部", "starts_at": NOW, "due_at": due_at,
         "basis": "", "evidence_media": []}
        for n in ids
    ]  # fmt: skip
    await _insert(database, ClaimDuty, duties)
    bells = [{"case_id": n, "kind": "insurer", "level": 0, "due_at": due_at} for n in ids]
    await _insert(database, Deadline, bells)


def _case(n: int) -> dict[str, Any]:
    return {
        "id": n, "number": f"L{n:02}", "workflow": "claim", "state": "alarmed", "place": "大堂", "category": "水浸",
        "urgency": "emergency", "description": "水管爆裂", "created_at": NOW,
    }  # fmt: skip


def _claim(n: int) -> dict[str, Any]:
    return {
        "id": n, "case_id": n, "kind": "水浸", "object": "公共财产", "department": "客户服务部",
        "discovered_at": NOW, "reported_at": NOW,
    }  # fmt: skip


async def _insert(database: Database, table: Any, rows: list[dict[str, Any]]) -> None:
    async with database.begin() as session:
        for start in range(0, len(rows), 1_000):
            await session.execute(insert(table), rows[start : start + 1_000])
