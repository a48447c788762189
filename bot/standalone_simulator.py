"""The simulator alone, for a service that runs elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from bot.app import listening
from bot.config import Config
from bot.demo import people_with_phones, simulator_settings
from bot.simulator.server import Simulator
from models.clock import SystemClock


@asynccontextmanager
async def standalone(config: Config, data: Path, port: int) -> AsyncIterator[None]:
    """The simulator on its own port, with the real time; its clock can not be moved."""
    store = data / "simulator.sqlite"
    simulator = Simulator(simulator_settings(config), people_with_phones(), SystemClock(), store=store)
    app = web.Application()
    simulator.add_routes(app)
    async with listening(app, "127.0.0.1", port):
        await simulator.start()
        try:
            yield
        finally:
            await simulator.close()
