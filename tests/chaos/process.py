"""One process of the rehearsal: the very commands `serve` and `simulator`, on a clock that all of them share.

`python -m tests.chaos.process FILE serve` – FILE holds by how many seconds the clock is ahead. `nursery` instead of a
command makes copies on order (tests/chaos/nursery.py). `--answer-first` breaks the service on purpose: it answers before
the commit, which the rehearsal must notice.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import models.clock
import models.frozen

ANSWER_FIRST = "--answer-first"
NURSERY = "nursery"
IDLE_IN_TRANSACTION_S = 3
"""PostgreSQL ends a frozen process's transaction after so many seconds of the real time; a site waits longer."""


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


def _share_clock(file: Path) -> None:
    """Before anything of the service is imported."""
    models.clock.SystemClock = partial(SharedClock, file)  # type: ignore[misc,assignment]


def _run(command: list[str]) -> None:
    if ANSWER_FIRST in command:
        command.remove(ANSWER_FIRST)
        _answer_before_the_commit()
    models.frozen.IDLE_IN_TRANSACTION_S = IDLE_IN_TRANSACTION_S
    if command[0] == "simulator":
        # As patient as it takes the service to come back; the real one's gaps are not published. As strict with tokens
        # as it may be: who fetches one for himself takes it from the others.
        from bot.simulator import limits

        limits.TOKEN_VOIDS_EARLIER = True
        limits.CALLBACK_GAPS_S = (0.1, 0.3, *(0.5 for _ in range(400)))  # type: ignore[assignment]
    from bot.commands import app

    app(command, prog_name="python -m bot")


def _be_nursery() -> None:
    """Copies of this process on order, one line of JSON each; the answer is the number of the new one."""
    import bot.alarm_clock
    import bot.app
    import bot.commands.running
    import bot.sheets.importing
    import bot.standalone_simulator  # noqa: F401 - all of these so that a copy need not

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead: they are gone at once
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            _be_child(json.loads(line))
        print(pid, flush=True)


def _be_child(order: dict[str, Any]) -> None:
    """Runs the command and never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.environ.update(order["environment"])
    code = 1
    try:
        _run(order["command"])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def main(arguments: Sequence[str]) -> None:
    """Puts the shared clock in the place of the machine's, then runs the command."""
    file, *command = arguments
    _share_clock(Path(file))
    if command == [NURSERY]:
        _be_nursery()
    else:
        _run(command)


if __name__ == "__main__":
    main(sys.argv[1:])
