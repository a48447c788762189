"""The whole service over a small park, spoken to as people would: say, show, press, wait."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.assembly import assemble
from bot.channels import SmsChannel, WecomApp, WecomKf
from bot.config import Config
from bot.core import Core
from bot.engine import Engine
from bot.files import FileStore
from bot.inbox import Fetched
from models.clock import VirtualClock, at_local
from models.database import Database
from models.messages.inbound import Inbound, Kind
from tests.fakes.park import STAFF, build_park
from tests.fakes.platform import Entry, FakePlatform

START = at_local(datetime(2026, 3, 16, tzinfo=UTC).date(), 9)
_STAFF = {userid for userid, *_ in STAFF}


class World:
    """One park, one service, everybody's phone. People are named by their ids ("lina", "wangqiang")."""

    def __init__(self, db: Database, config: Config, files: Path) -> None:
        self.clock = VirtualClock(START)
        self.platform = FakePlatform()
        self.db = db
        self.core = Core(db, self.clock, config.rules(), config.working_calendar(), FileStore(files))
        client: Any = self.platform
        channels = {
            "wecom": WecomApp(client, 1000002),
            "kf": WecomKf(client, "", self.clock),
            "sms": SmsChannel(client),
        }
        self.engine: Engine = assemble(self.core, channels, self._fetch)
        self._pictures: dict[str, bytes] = {}
        self._read: dict[str, int] = {}
        self._count = 0

    @classmethod
    @asynccontextmanager
    async def open(cls, db: Database, config: Config, files: Path) -> AsyncIterator[World]:
        """A world with the small park in it."""
        world = cls(db, config, files)
        async with db.begin() as session:
            await build_park(session)
        await world.engine.settle()
        yield world

    async def _fetch(self, message: Inbound) -> Fetched:
        return Fetched("photo.jpg", "image/jpeg", self._pictures[message.media_id])

    async def deliver(self, person: str, kind: Kind, *, key: str = "", **fields: Any) -> None:
        """One message from a person; the same `key` twice is the same message delivered twice."""
        self._count += 1
        channel = "wecom" if person in _STAFF else "kf"
        sender = person if channel == "wecom" else f"wm{person}"
        message = Inbound(channel, key or f"k{self._count}", sender, kind, self.clock.now(), **fields)
        await self.engine.inbox.store(message)
        await self.engine.settle()

    async def say(self, person: str, text: str, **fields: Any) -> list[str]:
        """The person writes; what appears on their phone in answer."""
        await self.deliver(person, Kind.TEXT, text=text, **fields)
        return self.new(person)

    async def show(self, person: str, picture: bytes = b"\xff\xd8\xff\xe0 a photo") -> list[str]:
        """The person sends a photo."""
        self._count += 1
        media_id = f"photo{self._count}"
        self._pictures[media_id] = picture
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

    def phone(self, person: str) -> list[Entry]:
        """Everything on the person's phone; a mobile number gives the SMS inbox."""
        return self.platform.phones[person]

    def new(self, person: str) -> list[str]:
        """The texts that have come since this was asked last."""
        entries = self.platform.phones[person]
        seen, self._read[person] = self._read.get(person, 0), len(entries)
        return [entry.text for entry in entries[seen:]]


async def talk(world: World, table: list[tuple[str, str, str]]) -> None:
    """Plays a dialogue: (who, says, expects). "[label]" presses a button, "<photo>" sends one.

    `expects`: words that must appear in the answer, separated by " | "; "!word" must not appear.
    """
    for who, says, expects in table:
        if says.startswith("[") and says.endswith("]"):
            answers = await world.press(who, says[1:-1])
        elif says == "<photo>":
            answers = await world.show(who)
        else:
            answers = await world.say(who, says)
        got = "\n".join(answers)
        for word in filter(None, (part.strip() for part in expects.split("|"))):
            if word.startswith("!"):
                assert word[1:] not in got, f"{who}: {says!r} must not be answered with {word[1:]!r}: {got!r}"
            else:
                assert word in got, f"{who}: {says!r} expects {word!r}, got {got!r}"
