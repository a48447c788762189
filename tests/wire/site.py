"""The whole service and the simulator over real HTTP and encryption, in one process, on a clock that only tests move."""

from __future__ import annotations

import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import select

from bot.app import Service, _build, listening
from bot.config import Config
from bot.core import Core
from bot.demo import demo_config, simulator_settings
from bot.files import FileStore
from bot.simulator.people import STAFF, TENANT, Person
from bot.simulator.server import Simulator
from models.clock import VirtualClock
from models.database import Database
from models.messages.content import Content, Sms
from models.messages.outbox import OutboxMessage, Purpose, enqueue
from models.people.tenant import Contact
from tests.fakes import park
from tests.fakes.park import build_park
from tests.fakes.world import START

POINTER = Sms("file_ready")


def people() -> list[Person]:
    """Everybody of the small park."""
    found = [
        Person(userid, name, STAFF, "", "", tuple(roles), f"139000000{n:02}", userid)
        for n, (userid, name, _, roles, _) in enumerate(park.STAFF)
    ]
    for company, units, contacts in park.TENANTS:
        found += [
            Person(key, name, TENANT, company, units[0], (), mobile, f"wm{key}")
            for key, name, mobile, *_ in contacts
        ]
    return found


@dataclass
class Site:
    """One service with its platform."""

    config: Config
    service: Service
    simulator: Simulator
    clock: VirtualClock
    session: aiohttp.ClientSession
    count: int = 0
    _read: dict[str, int] = field(default_factory=dict)

    @property
    def world(self) -> Any:
        """The inside of the simulator."""
        return self.simulator._world

    async def settle(self) -> None:
        await self.service.engine.settle(self.simulator)

    async def wait(self, **duration: float) -> None:
        to = self.clock.now() + timedelta(**duration)
        await self.service.engine.advance(self.clock, to, self.simulator)

    def order(self, *faults: dict[str, Any]) -> None:
        self.world.faults.order(list(faults))

    async def say(self, person: str, text: str) -> None:
        url = f"{self.config.server.public_url}/sim/people/{person}/say"
        async with self.session.post(url, json={"text": text}) as answer:
            assert answer.status == 200, await answer.text()
        await self.settle()

    def new(self, person: str) -> list[dict[str, Any]]:
        """What has come to the phone since this was asked last."""
        shown = self.world.phones.show(person, self._read.get(person, 0))
        if shown:
            self._read[person] = shown[-1]["n"]
        return [entry for entry in shown if entry["from"] == "bot"]

    async def send(self, person: str, content: Content, *, purpose: Purpose | None = None) -> int:
        """Says it to a member or a tenant; the row's id. Nothing is sent yet."""
        self.count += 1
        staff = self.world.people.member(person) is not None
        async with self.service.core.db.begin() as session:
            contact = None if staff else await _contact(session, self.world.people.find(person).mobile)
            (row_id,) = await enqueue(
                session,
                f"test:{self.count}",
                content,
                recipient=f"staff:{person}" if contact is None else f"contact:{contact.id}",
                account=person if staff else "",
                contact_id=contact.id if contact else None,
                purpose=purpose or (Purpose.WORK if staff else Purpose.UPDATE),
                now=self.clock.now(),
            )
        return row_id

    async def row(self, row_id: int) -> OutboxMessage:
        async with self.service.core.db.read() as session:
            return await session.get_one(OutboxMessage, row_id)


async def _contact(session: Any, mobile: str) -> Contact:
    found: Contact = (await session.scalars(select(Contact).where(Contact.mobile == mobile))).one()
    return found


@asynccontextmanager
async def open_site(config: Config, folder: Path, template: Path) -> AsyncIterator[Site]:
    """Everything running over an empty small park, on SQLite."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    chosen = demo_config(config, folder, port, keep_database=False)
    shutil.copy(template, folder / "guanjia.sqlite")
    database = Database(chosen.database.url, durable=False)
    async with database.begin() as session:
        await build_park(session)
    clock = VirtualClock(START)
    core = Core(database, clock, chosen.rules(), chosen.working_calendar(), FileStore(folder / "files"))
    async with aiohttp.ClientSession() as session:
        service = _build(chosen, core, session)
        simulator = Simulator(simulator_settings(chosen), people(), clock)
        simulator.add_routes(service.app)
        async with listening(service.app, "127.0.0.1", port):
            await simulator.start()
            site = Site(chosen, service, simulator, clock, session)
            await site.settle()
            try:
                yield site
            finally:
                await simulator.close()
    await database.close()
