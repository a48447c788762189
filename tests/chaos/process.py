"""One process of the rehearsal: the very commands `serve` and `simulator`, on a clock that all of them share.

`python -m tests.chaos.process FILE serve` – FILE holds by how many seconds the clock is ahead. `--answer-first` breaks the
service on purpose: it answers before the commit, which the rehearsal must notice.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import models.clock

ANSWER_FIRST = "--answer-first"


class SharedClock:
    """The machine's clock, so many seconds ahead as the file says."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        return datetime.now(UTC) + timedelta(seconds=float(self._file.read_text()))  # noqa: TID251

    def move(self, to: datetime) -> None:
        """Everybody's clock goes on from there."""
        ahead = (to - datetime.now(UTC)).total_seconds()  # noqa: TID251
        draft = self._file.with_suffix(".draft")
        draft.write_text(str(ahead))
        draft.replace(self._file)


def _answer_before_the_commit() -> None:
    from bot.inbox import Inbox
    from models.messages.inbound import Inbound

    store = Inbox.store
    kept: set[asyncio.Task[None]] = set()

    async def later(inbox: Inbox, message: Inbound) -> None:
        async def in_a_while() -> None:
            await asyncio.sleep(1)
            await store(inbox, message)

        kept.add(asyncio.create_task(in_a_while()))

    Inbox.store = later  # type: ignore[method-assign]


def main(arguments: Sequence[str]) -> None:
    """Puts the shared clock in the place of the machine's, then runs the command."""
    file, *command = arguments
    models.clock.SystemClock = partial(SharedClock, Path(file))  # type: ignore[misc,assignment]
    if ANSWER_FIRST in command:
        command.remove(ANSWER_FIRST)
        _answer_before_the_commit()
    if command[0] == "simulator":
        # As patient as it takes the service to come back; the real one's gaps are not published.
        from bot.simulator import limits

        limits.CALLBACK_GAPS_S = (0.1, 0.3, *(0.5 for _ in range(400)))  # type: ignore[assignment]
    from bot.commands import app

    app(command, prog_name="python -m bot")


if __name__ == "__main__":
    main(sys.argv[1:])
