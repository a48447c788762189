"""docs/理赔.md, played: whoever follows the page sees what the page says."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from models.clock import at_local
from tests.dialogs.test_command_examples import WORDS, Side
from tests.fakes.policies import add_policies
from tests.fakes.world import START, World

GUIDE = (Path(__file__).parents[2] / "docs/理赔.md").read_text(encoding="utf-8")
PLAYER = "linfang"
"""Has every right the page needs."""


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    part = GUIDE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


async def done(world: World, what: str) -> str:
    """Does what stands in the middle column; what came of it."""
    before = len(world.phone(PLAYER))
    world.clock.set(world.clock.now() + timedelta(minutes=1))
    if what == "〔照片〕":
        await world.show(PLAYER)
    elif what.startswith("【"):
        await world.press(PLAYER, what.strip("【】"))
    else:
        await world.say(PLAYER, what.strip("`"))
    entries = world.phone(PLAYER)[before:]
    return "\n".join(entry.text if entry.kind != "file" else "〔文件〕" for entry in entries)


async def test_the_page_can_be_followed_line_by_line(world: World) -> None:
    world.only()  # clocks of claims are no jobs
    await add_policies(world.db, world.core.rules)
    await world.advance(at_local(START.date() + timedelta(days=1), 2, 10))  # the night shift
    played = rows("照着发")
    assert len(played) > 25
    for when, what, seen in played:
        got = await done(world, what)
        wanted = re.findall(r"“([^”]+)”", seen) or ["〔文件〕"]
        assert not [words for words in wanted if words not in got], (when, what, got)


async def test_the_special_cases_can_be_followed_too(world: World) -> None:
    world.only()
    await add_policies(world.db, world.core.rules)
    await done(world, "`出险 B座停车场 盗抢 20分钟前 岗亭被撬`")
    told = [message for _, how in rows("几种特别的事") for message in re.findall(r"`([^`]+)`", how)]
    assert len(told) == 7
    for message in told:
        got = await done(world, message)
        assert got and "没看懂" not in got and "出了点问题" not in got, (message, got)


def test_every_message_on_the_page_is_a_command() -> None:
    quoted = re.findall(r"`([\u4e00-\u9fff][^`]*)`", GUIDE)
    assert quoted
    assert not [
        message for message in quoted if message != "完" and not message.startswith(WORDS[Side.STAFF])
    ]
