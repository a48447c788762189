"""`make fuzz`: python -m tests.fuzz [--seconds S] [--seed X]. What fails is told with the seed that makes it again."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import structlog
from sqlalchemy import select

from models.database import Database
from models.notices.notice import Notice
from tests.fuzz import targets


async def _run(seconds: float, seed: int) -> dict[str, int]:
    """How many inputs each target got, a quarter of the time for each."""
    counts = {"callback": 0, "kf item": 0, "speech": 0, "page": 0}
    number, share = seed, seconds / 4
    until = time.monotonic() + share
    while time.monotonic() < until:
        number, counts["callback"] = number + 1, counts["callback"] + 1
        _held(number, 200 <= targets.callback(Random(number)) < 500)
    until = time.monotonic() + share
    while time.monotonic() < until:
        number, counts["kf item"] = number + 1, counts["kf item"] + 1
        _held(number, "\\u0000" not in targets.kf_item(Random(number)))
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite+aiosqlite:///{folder}/fuzz.sqlite", durable=False)
        await db.create_all()
        async with targets.full_park(db, Path(folder) / "files") as world:
            async with db.read() as session:
                token = (await session.scalars(select(Notice.token).limit(1))).one()
            until = time.monotonic() + share
            while time.monotonic() < until:
                number, counts["speech"] = number + 1, counts["speech"] + 1
                print(f"\rspeech {number}", end="", file=sys.stderr)
                _held(number, await targets.speech(world, Random(number)) == [])
            async with targets.letter_page(world.core) as client:
                until = time.monotonic() + share
                while time.monotonic() < until:
                    number, counts["page"] = number + 1, counts["page"] + 1
                    print(f"\rpage {number}  ", end="", file=sys.stderr)
                    _held(number, await targets.page(client, token, Random(number)) < 500)
        await db.close()
    return counts


def _held(number: int, held: bool) -> None:
    """Tells with what the find can be made again."""
    if not held:
        raise AssertionError(f"found with Random({number})")


def main(given: list[str]) -> int:
    """Runs; an exception is a find."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(given)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    counts = asyncio.run(_run(wanted.seconds, wanted.seed))
    print("\n" + "、".join(f"{name} {count}" for name, count in counts.items()) + "：nothing broke")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
