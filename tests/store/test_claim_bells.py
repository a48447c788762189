"""Clocks of claims that run out together: each told once, in short transactions, whenever the process dies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.cases.case import Case, Deadline
from models.claims.duty import ClaimDuty
from models.database import Database
from models.messages.outbox import OutboxMessage
from scheduler.deadlines import CHUNK, fire_due
from tests.bench.deadlines import NOW, PEOPLE, RULES, build

SIZE = 2 * CHUNK + 10
COMMITS = 3


class Killed(BaseException):
    """The process is gone."""


async def verify_each_was_told_once(db: Database) -> None:
    """Every bell rung, every duty missed at its own time, every member told once, those above to be told later."""
    async with db.read() as session:
        keys = list(await session.scalars(select(OutboxMessage.dedupe_key)))
        fired = await session.scalar(
            select(func.count()).select_from(Deadline).where(Deadline.level == 0, Deadline.fired_at == NOW)
        )
        missed = set(await session.scalars(select(ClaimDuty.missed_at)))
        above = list(await session.scalars(select(Deadline).where(Deadline.level == 1)))
    assert len(keys) == len(set(keys)) == SIZE * len(PEOPLE)
    assert (fired, missed) == (SIZE, {NOW - timedelta(seconds=30)})
    assert len(above) == len({bell.case_id for bell in above}) == SIZE
    assert {bell.due_at for bell in above} == {NOW + timedelta(minutes=30)}


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("commit", range(COMMITS))
async def test_a_kill_between_any_two_commits_doubles_nothing(db: Database, commit: int, side: str) -> None:
    await build(db, SIZE)
    seen: list[str] = []

    def hook(moment: str) -> None:
        seen.append(moment)
        if moment == side and seen.count(side) == commit + 1:
            raise Killed

    db.commit_hook = hook
    with pytest.raises(Killed):
        await fire_due(db, NOW, RULES)
    db.commit_hook = None
    told = commit + (side == "after")
    assert await fire_due(db, NOW, RULES) == max(0, SIZE - told * CHUNK)
    assert await fire_due(db, NOW, RULES) == 0
    await verify_each_was_told_once(db)


async def test_a_claim_somebody_is_at_work_on_is_left_for_the_next_second(db: Database) -> None:
    await build(db, 3)
    if db.is_sqlite:
        assert await fire_due(db, NOW, RULES) == 3  # there writers take turns
        return
    async with db.begin() as session:
        await session.execute(select(Case).where(Case.id == 2).with_for_update())
        assert await fire_due(db, NOW, RULES) == 2
    assert await fire_due(db, NOW, RULES) == 1
