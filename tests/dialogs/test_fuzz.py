"""`make fuzz` at small size: the same generators, few inputs, one seed."""

from __future__ import annotations

from random import Random

from sqlalchemy import select

from models.notices.notice import Notice
from tests.fakes.world import World
from tests.fuzz import targets


def test_callbacks_and_items() -> None:
    for number in range(300):
        assert 200 <= targets.callback(Random(number)) < 500, number
        assert "\\u0000" not in targets.kf_item(Random(number)), number


async def test_words_taps_and_pages(full_world: World) -> None:
    for number in range(80):
        assert await targets.speech(full_world, Random(number)) == [], number
    async with full_world.db.read() as session:
        token = (await session.scalars(select(Notice.token).limit(1))).one()
    async with targets.letter_page(full_world.core) as client:
        for number in range(60):
            assert await targets.page(client, token, Random(number)) < 500, number
