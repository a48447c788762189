"""Chapters: the beginning that many tests have in common is played once, and taken up as a copy by all of them.

A chapter is a function that plays on a world. `World.begins_with` plays it when it is met first in this process and on
this database, keeps what has come of it, and takes that up, as a process newly started does; the test after the first
one finds exactly the same.
"""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config import Config
from models.database import Database
from tests.fakes.platform import FakePlatform
from tests.fakes.shelf import shelf_of

if TYPE_CHECKING:
    from tests.fakes.world import World

Chapter = Callable[["World"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Saved:
    """One moment of a world: the database by its name on the shelf, everybody's phone, the clock, the files."""

    name: str
    platform: FakePlatform
    at: datetime
    pictures: dict[str, bytes]
    read: dict[str, int]
    count: int
    jobs: tuple[str, ...] | None
    files: dict[Path, bytes]


_library: dict[tuple[Database, int, datetime, str], tuple[Config, Saved]] = {}
"""What the chapters came to that were played on that database, with that configuration, from that instant on."""


async def save(world: World, name: str) -> Saved:
    """The present moment with its files; nothing may be under way."""
    await shelf_of(world.db).put(name)
    files = {path.relative_to(world.folder): path.read_bytes() for path in _files(world)}
    return replace(remember(world, name), files=files)


def remember(world: World, name: str) -> Saved:
    """The present moment of a world whose database stands on the shelf."""
    return Saved(
        name,
        copy.deepcopy(world.platform),
        world.clock.now(),
        dict(world.pictures),
        dict(world.read),
        world.count,
        world.jobs,
        {},
    )


def _files(world: World) -> list[Path]:
    roots = (world.core.files.root, world.vault.folder)
    return [path for root in roots for path in root.rglob("*") if path.is_file()]


async def take_up(world: World, saved: Saved) -> None:
    """A process started anew at that moment."""
    await shelf_of(world.db).take(saved.name)
    vars(world.platform).update(vars(copy.deepcopy(saved.platform)))
    world.clock.set(saved.at)
    world.pictures, world.read, world.count = dict(saved.pictures), dict(saved.read), saved.count
    for path, data in saved.files.items():
        (world.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (world.folder / path).write_bytes(data)
    world.start()
    if saved.jobs is not None:
        world.only(*saved.jobs)


async def begin(world: World, chapters: Sequence[Chapter]) -> None:
    """See World.begins_with."""
    *before, last = chapters
    told = [*world.told, *(f"{each.__module__}.{each.__qualname__}" for each in chapters)]
    key = (world.db, id(world.config), world.began_at, " ".join(told))
    if key not in _library:
        if before:
            await begin(world, before)
        elif not world.told:
            await shelf_of(world.db).take("")
        await last(world)
        _library[key] = world.config, await save(world, f"chapter{len(_library)}")
    await take_up(world, _library[key][1])
    world.told = told
