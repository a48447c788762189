"""The simulator alone, for a service that runs elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from bot.app import listening
from bot.config import Config
from bot.demo import simulator_settings
from bot.sample.park import sample_people
from bot.simulator.people import Person
from bot.simulator.server import Simulator
from models.clock import SystemClock


@asynccontextmanager
async def standalone(config: Config, data: Path, port: int) -> AsyncIterator[None]:
    """The simulator on its own port, with the real time; its clock can not be moved."""
    people = [Person(**person) for person in sample_people()]
    simulator = Simulator(simulator_settings(config), people, SystemClock(), store=data / "simulator.sqlite")
    app = web.Application()
    simulator.add_routes(app)
    async with listening(app, "127.0.0.1", port):
        await simulator.start()
        try:
            yield
        finally:
            await simulator.close()
