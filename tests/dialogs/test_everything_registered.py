"""Whatever is registered answers whatever is sent: in Chinese, and only to those who may."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers import ROUTERS
from handlers.routing import ANYONE, MONEY, Command, Router, Side
from models.messages.content import Button, Content, Sms
from models.messages.conversation import Conversation
from models.messages.outbox import Purpose, enqueue
from models.messages.splitting import byte_length
from models.people.tenant import Contact
from scheduler import JOBS
from tests.fakes.full_park import EVERYTHING, MOST_BYTES, NOTHING, Said, changed, hear, hear_all, rows
from tests.fakes.world import World

ODD = (
    "乱七八糟",
    "长" * 4000,
    "😀🎉👍🏽",
    "\u200b\u202e\u2067\u200f",
    "' OR '1'='1'; DROP TABLE bill; --",
    "../../x",
    "=1+1",
    "甲\x00乙",
    "R02",
    "99999999999",
    "②",
    "2026-02-30",
)
FORGED = (
    "",
    "0",
    "-1",
    "999999",
    "abc",
    "99999999999",
    "9" * 30,
    "²",
    "1:乱",
    "2:5",
    "2:接单",
    "1",
)
TAPPED = ("1", "2", "1:领单", "1:wangqiang")
HAS_COMMANDS = [router for router in ROUTERS if router.commands]
HAS_PRESSES = [router for router in ROUTERS if router.presses]


def names(router: Router) -> str:
    return router.name


def who_may(router: Router) -> str:
    return EVERYTHING if router.side is Side.STAFF else "lina"


def refused(side: Side, may: str) -> list[tuple[str, str]]:
    """Who must not use an entry, and what they are told."""
    if may == ANYONE:
        return []
    if side is Side.STAFF:
        return [(NOTHING, "没有这项权限")]
    stranger = [("stranger", "请先绑定身份")]
    return [*stranger, ("xiaoming", "只对贵司登记的负责人")] if may == MONEY else stranger


async def in_a_form(world: World, person: str, side: Side) -> bool:
    sender = f"wm{person}" if side is Side.TENANT else person
    async with world.db.read() as session:
        form = await session.get(Conversation, (str(side), sender))
        return form is not None and form.expires_at > world.clock.now()


async def spoken(world: World, person: str, command: Command, side: Side) -> list[str]:
    """Every odd argument behind the word, and, where the bare word asks back, as the answer."""
    heard = await hear_all(world, person, (*command.aliases, command.word))
    asks_back = await in_a_form(world, person, side)
    said = [
        text for odd in ODD for text in (f"{command.word} {odd}", *((command.word, odd) if asks_back else ()))
    ]
    return faults_of(heard + await hear_all(world, person, said))


def faults_of(heard: list[Said]) -> list[str]:
    return [fault for each in heard for fault in each.faults()]


@pytest.mark.parametrize("router", HAS_COMMANDS, ids=names)
async def test_every_word_answers_every_argument(full_world: World, router: Router) -> None:
    faults = [
        fault
        for command in router.commands
        for fault in await spoken(full_world, who_may(router), command, router.side)
    ]
    assert faults == []


async def test_who_may_not_is_told_so_and_changes_nothing(full_world: World) -> None:
    said: dict[tuple[str, str], list[str]] = defaultdict(list)
    for router in HAS_COMMANDS:
        for command in router.commands:
            for each in refused(router.side, command.may):
                said[each] += (command.word, command.usage, *command.aliases, f"{command.word} {ODD[4]}")
    before = await rows(full_world.db)
    for (person, told), texts in said.items():
        for heard in await hear_all(full_world, person, texts):
            assert heard.faults() == []
            assert told in heard.text and len(heard.answers) == 1, heard
    assert changed(before, await rows(full_world.db)) == []


@pytest.mark.parametrize("router", HAS_PRESSES, ids=names)
async def test_every_tap_answers_every_forged_argument_twice(full_world: World, router: Router) -> None:
    keys = [f"{press.prefix}:{argument}" for press in router.presses for argument in FORGED for _ in range(2)]
    assert faults_of(await hear_all(full_world, who_may(router), keys, press=True)) == []


async def test_taps_of_those_who_may_not_change_nothing(full_world: World) -> None:
    tapped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for router in HAS_PRESSES:
        for press in router.presses:
            for each in refused(router.side, press.may):
                tapped[each] += [f"{press.prefix}:{argument}" for argument in FORGED]
    before = await rows(full_world.db)
    for (person, told), keys in tapped.items():
        for heard in await hear_all(full_world, person, keys, press=True):
            assert heard.faults() == [] and told in heard.text, heard
    assert changed(before, await rows(full_world.db)) == []


async def test_a_tap_on_a_card_of_somebody_else_does_nothing(full_world: World) -> None:
    others = [entry.task_id for entry in full_world.phone("zhengwei") if entry.task_id]
    assert others
    prefixes = [
        press.prefix for router in HAS_PRESSES if router.side is Side.STAFF for press in router.presses
    ]
    every = [f"{prefix}:{argument}" for prefix in prefixes for argument in TAPPED]
    before = await rows(full_world.db)
    # whose card it is is looked at before the argument: where there is no such card, one argument to each will do
    for task_id, keys in (
        (others[0], every),
        *((odd, every[turn :: len(TAPPED)]) for turn, odd in enumerate(("", "x", "'; --"))),
    ):
        data = {"task_id": task_id, "response_code": "rc1"}
        for heard in await hear_all(full_world, EVERYTHING, keys, press=True, data=data):
            assert heard.faults() == [] and "不是发给您的" in heard.text, heard
    assert changed(before, await rows(full_world.db)) == []


async def test_both_databases_take_every_number_and_character(world: World) -> None:
    """PostgreSQL has shorter integers and stricter texts: what SQLite forgives fails there."""
    faults = []
    for side, person in ((Side.STAFF, "linfang"), (Side.TENANT, "lina")):
        routers = [router for router in ROUTERS if router.side is side]
        words = [command.word for router in routers for command in router.commands]
        prefixes = [press.prefix for router in routers for press in router.presses]
        said = [f"{word} {odd}" for word in words for odd in ("'\\u0041\\", "99999999999")]
        keys = [f"{prefix}:{odd}" for prefix in prefixes for odd in ("'", "99999999999", "2147483648")]
        faults += faults_of(await hear_all(world, person, said))
        faults += faults_of(await hear_all(world, person, keys, press=True))
    assert faults == []


@pytest.mark.parametrize("person", ["lina", "stranger", EVERYTHING])
async def test_taps_that_nobody_registered_are_answered(full_world: World, person: str) -> None:
    keys = ["", ":", "say:", "form:", "say:say:say", "nobody:1", "form:是", "\x00", "😀" * 500]
    assert faults_of(await hear_all(full_world, person, keys, press=True)) == []


def strings(value: object) -> Iterator[str]:
    """All texts in a request."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


async def all_said(world: World) -> None:
    """A chapter: nothing waits to be sent any more, and a tenant has written just now."""
    world.clock.set(world.clock.now() + timedelta(minutes=2))
    await hear(world, "lina", "帮助")
    await world.engine.settle()


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("buttons", [(), (Button("say:帮助", "帮助"),)], ids=["text", "buttons"])
async def test_no_purpose_sends_more_than_a_message_takes(
    full_world: World, purpose: Purpose, buttons: tuple[Button, ...]
) -> None:
    staff = purpose is Purpose.WORK
    content = Content(
        text="请按时缴纳😀费用。" * 300,
        buttons=buttons,
        sms=Sms("code", (("code", "123456"),)) if purpose is Purpose.CODE else None,
        welcome_code="welcome-wmlina" if purpose is Purpose.WELCOME else "",
    )
    await full_world.begins_with(all_said)
    asked = len(full_world.platform.requests)
    async with full_world.db.begin() as session:
        contact = (await session.scalars(select(Contact).where(Contact.name == "李娜"))).one()
        await enqueue(
            session, "long", content, purpose=purpose, now=full_world.clock.now(),
            recipient="staff:linfang" if staff else f"contact:{contact.id}",
            account="linfang" if staff else "wmlina", contact_id=None if staff else contact.id,
        )  # fmt: skip
    await full_world.engine.settle()
    sent = full_world.platform.requests[asked:]
    assert sent or full_world.phone(contact.mobile)
    assert all(byte_length(text) <= MOST_BYTES for _, body in sent for text in strings(body))


def test_every_command_says_what_it_is_for() -> None:
    for router in ROUTERS:
        for command in router.commands:
            assert command.usage.startswith(command.word) and len(command.about) >= 4, command.word
            assert all("\u4e00" <= word[0] <= "\u9fff" for word in (command.usage, command.about)), (
                command.word
            )


def test_every_job_has_a_name_of_its_own_and_says_what_it_does() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert all("." in job.name and "\u4e00" <= job.about[0] <= "\u9fff" for job in JOBS)
