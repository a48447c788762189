"""Who takes a chapter up finds what it would have come to by playing it."""

from __future__ import annotations

import pytest

from bot.config import Config
from tests.dialogs.test_notices import letters_out
from tests.fakes.chapters import Chapter
from tests.fakes.crash import differences, picture
from tests.fakes.shelf import Shelf
from tests.fakes.world import Row, World, small_park_open, verify_talk

BEFORE: list[Row] = [
    ("lina", "<photo>", ""),
    ("lina", "报修 A-1203 空调不冷", "R01"),
    ("wangqiang", "领单 R01", "R01"),
    ("zhaomin", "异议", ""),
]
AFTERWARDS: list[Row] = [
    ("zhaomin", "取消", ""),
    ("lina", "[签收]", "已签收"),
    ("wangqiang", "[到场]", "R01"),
    ("wangqiang", "<photo>", ""),
    ("sunli", "收款 青禾 10 现金", "确认收款"),
    ("sunli", "[确认收款]", "已入账"),
    ("clock", "2026-03-16 18:00", ""),
]
"""Something of everything that a world remembers: chats, cards, forms, photos, numbers, files, what was done when."""


async def half_told(world: World) -> None:
    """Letters are out, a repair is taken, a form is half filled."""
    await letters_out(world)
    await verify_talk(world, BEFORE)


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
    for kind in (PlayedThrough, World):
        await shelf.take("")
        world = kind(shelf.db, config, tmp_path_factory.mktemp("world") / "files")
        await world.begins_with(small_park_open, half_told)
        await verify_talk(world, AFTERWARDS)
        ends.append(await picture(world))
        files.append(sum(path.is_file() for path in world.folder.rglob("*")))
    played, taken_up = ends
    assert differences(taken_up, played) == []
    assert len(set(files)) == 1 and files[0] > 0


async def test_a_chapter_stands_at_the_beginning(world: World) -> None:
    await world.say("lina", "帮助")
    with pytest.raises(AssertionError, match="undone by the copy"):
        await world.begins_with(half_told)
