"""Who takes a chapter up finds what it would have come to by playing it."""

from __future__ import annotations

import pytest

from bot.config import Config
from tests.fakes.chapters import Chapter
from tests.fakes.crash import differences, picture
from tests.fakes.full_park import everything_open
from tests.fakes.shelf import Shelf
from tests.fakes.world import Row, World, small_park_open, verify_talk

AFTERWARDS: list[Row] = [
    ("lina", "账单", "还需付"),
    ("lina", "[签收]", "已签收"),
    ("zhaomin", "[同意]", "同意"),
    ("wangqiang", "<photo>", ""),
    ("wangqiang", "完工 R02 换好", "已完工"),
    ("sunli", "收款 青禾 10 现金", "确认收款"),
    ("sunli", "[确认收款]", "已入账"),
    ("clock", "2026-03-17 08:45", ""),
]
"""Something of everything that a world remembers: chats, cards, photos, numbers, files, what the calendar has done."""


class PlayedThrough(World):
    """A world that takes nothing up."""

    async def begins_with(self, *chapters: Chapter) -> None:
        """Plays them all."""
        for chapter in chapters:
            await chapter(self)


async def test_what_is_taken_up_is_what_would_have_been_played(
    shelf: Shelf, config: Config, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ends, files = [], []
    for kind in (PlayedThrough, World, World):
        await shelf.take("")
        world = kind(shelf.db, config, tmp_path_factory.mktemp("world") / "files")
        await world.begins_with(small_park_open, everything_open)
        await verify_talk(world, AFTERWARDS)
        ends.append(await picture(world))
        files.append(sum(path.is_file() for path in world.folder.rglob("*")))
    played, first, second = ends
    assert differences(first, played) == [] and differences(second, played) == []
    assert len(set(files)) == 1 and files[0] > 0


async def test_a_chapter_stands_at_the_beginning(world: World) -> None:
    await world.say("lina", "帮助")
    with pytest.raises(AssertionError, match="undone by the copy"):
        await world.begins_with(everything_open)
