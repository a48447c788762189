"""Every example in 帮助 and in the documentation is understood as the command it stands for."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import Config
from handlers import ROUTERS
from handlers.context import Ctx
from handlers.dispatch import Dispatcher
from handlers.routing import Command, Router, Side
from models.database import Database
from models.messages.inbound import Inbound, Kind
from models.people.identity import Actor, TenantActor
from models.people.staff import Staff
from models.people.tenant import Contact, ContactRole, Tenant
from tests.fakes.shelf import sqlite_copy

NOW = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)
ENTRIES = [(router.side, command) for router in ROUTERS for command in router.commands]
WORDS = {
    side: tuple(word for known, one in ENTRIES if known is side for word in (one.word, *one.aliases))
    for side in Side
}
ALL_WORDS = (*WORDS[Side.TENANT], *WORDS[Side.STAFF])
ROOT = Path(__file__).parent.parent.parent
_TOLD = re.compile(r"(?:发送|请发|发)“([^”\n{]+)|\"say:([^\"{]+)\"")


class Recorder:
    """The routers with handlers that only note which command was called, and with what."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.dispatcher = Dispatcher([self._copy(router) for router in ROUTERS])

    def _copy(self, router: Router) -> Router:
        copy = Router(router.name, router.side)
        copy.commands = [replace(command, handler=self._noting(command)) for command in router.commands]
        return copy

    def _noting(self, command: Command) -> Callable[[Ctx, str], Awaitable[None]]:
        async def note(ctx: Ctx, rest: str) -> None:
            self.heard.append((command.word, rest))

        return note


def somebody_who_may_all(side: Side, config: Config) -> Actor:
    if side is Side.STAFF:
        return Staff(userid="all", name="全能", roles=list(config.roles), active=True)
    return TenantActor(Contact(role=ContactRole.LEGAL), Tenant(name="云帆设计"))


@pytest.fixture
async def database(sqlite_template: Path) -> AsyncIterator[Database]:
    """Nobody's forms run here; the dispatcher only asks."""
    database = await sqlite_copy(sqlite_template.parent, sqlite_template)
    yield database
    await database.close()


async def test_examples_are_taken_as_their_commands(database: Database, config: Config) -> None:
    recorder, rules, calendar = Recorder(), config.rules(), config.working_calendar()
    async with database.begin() as session:
        for side, command in ENTRIES:
            actor = somebody_who_may_all(side, config)
            argument = command.usage.removeprefix(command.word).strip()
            for word in (command.word, *command.aliases):
                said = f"{word} {argument}".strip()
                message = Inbound(str(side), "k1", "somebody", Kind.TEXT, NOW, text=said)
                await recorder.dispatcher.dispatch(
                    Ctx(session, NOW, rules, calendar, message, inbox_id=1, actor=actor)
                )
                assert recorder.heard.pop() == (command.word, argument), said
    assert not recorder.heard


def test_every_example_begins_with_its_word() -> None:
    assert ENTRIES
    assert all(command.usage.startswith(command.word) for _, command in ENTRIES)


def test_every_word_that_a_text_tells_people_to_send_is_a_command() -> None:
    told = [
        (path.name, found)
        for folder in ("handlers", "models", "scheduler")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for pair in _TOLD.findall(path.read_text(encoding="utf-8"))
        for found in filter(None, pair)
    ]
    assert told
    assert not [each for each in told if not each[1].startswith(ALL_WORDS)]


def test_every_message_quoted_in_the_guides_is_a_command() -> None:
    for name, words in (("租户指南.md", WORDS[Side.TENANT]), ("指令.md", ALL_WORDS)):
        quoted = re.findall(r"`([\u4e00-\u9fff][^`]*)`", (ROOT / "docs" / name).read_text(encoding="utf-8"))
        assert quoted
        assert not [message for message in quoted if not message.startswith(words)], name
