"""The whole service over a small park, spoken to as people would: say, show, press, wait."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from bot.archive.sealer import Vault
from bot.assembly import assemble
from bot.channels import SmsChannel, WecomApp, WecomKf
from bot.config import Config
from bot.core import Core
from bot.engine import Engine
from bot.files import FileStore
from bot.media_copy import Fetched
from bot.sample.staff import MEMBERS
from models.clock import LOCAL, VirtualClock, at_local
from models.database import Database
from models.job_run import JobSince
from models.messages.inbound import Inbound, Kind
from tests.fakes.chapters import Chapter, begin
from tests.fakes.park import STAFF, build_park
from tests.fakes.platform import Entry, FakePlatform

START = at_local(datetime(2026, 3, 16, tzinfo=UTC).date(), 9)
ARCHIVE_KEY = "a-key-of-the-tests-0123456789"
_STAFF = {userid for userid, *_ in STAFF} | {member.userid for member in MEMBERS}

Build = Callable[[Database], Awaitable[None]]
"""Puts a park into an empty database."""


async def small_park(db: Database) -> None:
    """The park of tests.fakes.park."""
    async with db.begin() as session:
        await build_park(session)


class World:
    """One park, one service, everybody's phone. People are named by their ids ("lina", "wangqiang")."""

    def __init__(self, db: Database, config: Config, files: Path, start: datetime = START) -> None:
        self.clock = VirtualClock(start)
        self.platform = FakePlatform()
        self.db, self.config = db, config
        self.core = Core(db, self.clock, config.rules(), config.working_calendar(), FileStore(files))
        self.folder = files.parent
        self.vault = Vault(self.folder / "archive", ARCHIVE_KEY)
        self.told: list[str] = []
        """The chapters it began with."""
        self.began_at, self._untouched = start, True
        db.commit_hook = self._touched
        self.pictures: dict[str, bytes] = {}
        self.read: dict[str, int] = {}
        self.count = 0
        self.jobs: tuple[str, ...] | None = None
        """Which jobs run; None for all of them."""
        self.hears_later = False
        """Whether what is delivered waits for others: see at_once."""
        self.unanswered: list[Inbound] = []
        """What the platform would send again, because nobody answered."""
        self.start()

    def start(self) -> None:
        """A new process, which knows what is in the database and nothing else."""
        client: Any = self.platform
        self.channels = {
            "wecom": WecomApp(client, 1000002),
            "kf": WecomKf(client, "", self.clock),
            "sms": SmsChannel(client, self.config.sms_registered(), self.config.sms.sign),
        }
        self.engine: Engine = assemble(self.core, self.channels, self._fetch, vault=self.vault)

    @classmethod
    @asynccontextmanager
    async def open(
        cls, db: Database, config: Config, files: Path, build: Build = small_park
    ) -> AsyncIterator[World]:
        """A world with a park in it."""
        world = cls(db, config, files)
        await world.prepare(build)
        yield world

    async def prepare(self, build: Build = small_park) -> None:
        """Puts the park in."""
        await build(self.db)
        await self.engine.settle()

    async def begins_with(self, *chapters: Chapter) -> None:
        """What the chapters tell has happened, and nothing but chapters before. See tests.fakes.chapters."""
        assert self._untouched, "what was done before would be undone by the copy"
        if not self.told:
            self.began_at = self.clock.now()
        await begin(self, chapters)
        self._untouched, self.db.commit_hook = True, self._touched

    def _touched(self, _side: str) -> None:
        self._untouched, self.db.commit_hook = False, None

    def only(self, *jobs: str) -> None:
        """From now on only these jobs run: for stories over days in which the others have nothing to do or to say."""
        runner, self.jobs = self.engine.runner, jobs
        runner._jobs = tuple(job for job in runner._jobs if job.name in jobs)
        assert len(runner._jobs) == len(jobs), jobs

    async def _fetch(self, message: Inbound) -> Fetched:
        return Fetched("photo.jpg", "image/jpeg", self.pictures[message.media_id])

    async def deliver(self, person: str, kind: Kind, *, key: str = "", **fields: Any) -> None:
        """One message from a person; the same `key` twice is the same message delivered twice."""
        self.count += 1
        channel = "wecom" if person in _STAFF else "kf"
        sender = person if channel == "wecom" else f"wm{person}"
        message = Inbound(channel, key or f"k{self.count}", sender, kind, self.clock.now(), **fields)
        self.unanswered = [message]
        await self.engine.inbox.store(message)
        self.unanswered = []
        if not self.hears_later:
            await self.engine.settle()

    @asynccontextmanager
    async def at_once(self) -> AsyncIterator[None]:
        """What people do within reaches the service at the same moment, and is answered at the end."""
        self.hears_later = True
        yield
        self.hears_later = False
        await self.engine.work_inbox()
        await self.engine.settle()

    async def say(self, person: str, text: str, **fields: Any) -> list[str]:
        """The person writes; what appears on their phone in answer."""
        await self.deliver(person, Kind.TEXT, text=text, **fields)
        return self.new(person)

    async def show(self, person: str, picture: bytes = b"\xff\xd8\xff\xe0 a photo") -> list[str]:
        """The person sends a photo."""
        self.count += 1
        media_id = f"photo{self.count}"
        self.pictures[media_id] = picture
        await self.deliver(person, Kind.IMAGE, media_id=media_id)
        return self.new(person)

    async def press(self, person: str, label: str) -> list[str]:
        """The person taps the newest button with that label; AssertionError when there is none."""
        entry = next((e for e in reversed(self.platform.phones[person]) if label in e.buttons), None)
        assert entry, (
            f"{person} sees no button {label!r}: {[e.buttons for e in self.platform.phones[person]]}"
        )
        await self.press_key(person, entry.buttons[label], entry, label)
        return self.new(person)

    async def press_key(self, person: str, key: str, entry: Entry | None = None, label: str = "") -> None:
        """A tap with that key, on that card if it is one."""
        data = {}
        if entry and entry.task_id:
            data = {"task_id": entry.task_id, "response_code": self.platform.fresh_code(entry)}
        await self.deliver(person, Kind.PRESS, action=key, text=label, data=data)

    async def advance(self, to: datetime) -> None:
        """Time passes; everything due happens in its order."""
        await self.engine.advance(self.clock, to)

    async def leap(self, to: datetime) -> None:
        """The service is set up anew at `to`: what the days before would have brought is not owed."""
        self.clock.set(to)
        async with self.db.begin() as session:
            await session.execute(delete(JobSince))
        fresh = assemble(self.core, self.channels, self._fetch, vault=self.vault)
        self.engine.runner = fresh.runner
        if self.jobs is not None:
            self.only(*self.jobs)
        await self.engine.settle()

    def phone(self, person: str) -> list[Entry]:
        """Everything on the person's phone; a mobile number gives the SMS inbox."""
        return self.platform.phones[person]

    def new(self, person: str) -> list[str]:
        """The texts that have come since this was asked last."""
        entries = self.platform.phones[person]
        seen, self.read[person] = self.read.get(person, 0), len(entries)
        return [entry.text for entry in entries[seen:]]


async def small_park_open(world: World) -> None:
    """The chapter before all others: everybody is there, and nothing has happened."""
    await world.prepare()


Row = tuple[str, str, str]
"""Who, what they do, and what must appear in the answer. See `play`."""


async def play(world: World, row: Row) -> None:
    """One line of a dialogue.

    what: a text; "[label]" taps a button; "<photo>" sends one; for "clock" a local time to move to, "2026-03-26 10:00";
    "leap" goes there without the days in between.
    expects: words that must appear in the answer, separated by "|"; "!word" must not; "@person" first: on that phone.
    """
    before = _seen(world)
    await _do(world, row)
    _expect(world, row, before)


async def play_at_once(world: World, rows: Sequence[Row]) -> None:
    """Lines that are said at the same moment; what comes of them is looked at afterwards.

    What one line brings is known by the phone; where somebody says several, by the number of the case, which all of
    them have to name and the answer too.
    """
    before = _seen(world)
    async with world.at_once():
        for row in rows:
            await _do(world, row)
    times = Counter(who for who, *_ in rows)
    for row in rows:
        about = _NUMBER.findall(row[1])[0] if times[row[0]] > 1 else ""
        _expect(world, row, before, about)


_NUMBER = re.compile(r"[LR]\d\d")


def _seen(world: World) -> dict[str, int]:
    return {person: len(entries) for person, entries in world.platform.phones.items()}


async def _do(world: World, row: Row) -> None:
    who, what, _ = row
    if who in ("clock", "meanwhile"):
        await world.advance(datetime.fromisoformat(what).replace(tzinfo=LOCAL))
    elif who == "leap":
        await world.leap(datetime.fromisoformat(what).replace(tzinfo=LOCAL))
    elif what.startswith("[") and what.endswith("]"):
        await world.press(who, what[1:-1])
    elif what == "<photo>":
        await world.show(who)
    else:
        await world.say(who, what)


def _expect(world: World, row: Row, before: Mapping[str, int], about: str = "") -> None:
    who, _, expects = row
    for part in filter(None, (part.strip() for part in expects.split("|"))):
        word, person = part, who
        if part.startswith("@"):
            person, _, word = part[1:].partition(" ")
        entries = world.phone(person)[before.get(person, 0) :]
        got = "\n".join(entry.text for entry in entries if about in entry.text)
        if word.startswith("!"):
            assert word[1:] not in got, f"{row}: {person} must not see {word[1:]!r}: {got!r}"
        else:
            assert word in got, f"{row}: {person} should see {word!r}, saw {got!r}"


async def verify_talk(world: World, table: list[Row]) -> None:
    """Plays a dialogue line by line."""
    for row in table:
        await play(world, row)
