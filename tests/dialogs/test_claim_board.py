"""The board of open claims is read while people are at work on them."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from models.claims.board import standings
from models.claims.claim import Claim
from models.claims.duty import duties_of
from tests.fakes.world import World


async def test_the_board_waits_for_nobody_at_work_on_a_claim(world: World) -> None:
    """Who waits for one claim with all the others in hand is waited for in turn, until the server ends one of the two."""
    await world.say("zhoumin", "出险 B座大堂 水浸 刚刚")
    async with world.db.begin() as at_work:
        claim = (await at_work.scalars(select(Claim))).one()
        assert await duties_of(at_work, claim.id)
        async with world.db.read() as session:
            found = await asyncio.wait_for(standings(session, world.clock.now(), world.core.rules), 10)
    assert [each.claim.id for each in found] == [claim.id]
